using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Client.Tests.Support;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Operations;

public sealed class ScalerTests
{
    private readonly ScriptedGrains _grains = new();

    [Fact]
    public async Task A_scaling_returns_the_removed_instances_and_the_added_instances_with_their_secrets()
    {
        _grains.On("IConductorOperations.Scale", (_, args) => Task.FromResult(
            new ScaleAnswer(ConductorOutcome.Done, [], [new(InstanceId.Parse("web-3"), "hush", 2)], [InstanceId.Parse("web-9")])));

        var scaled = await Client().ScaleAsync(Deployable, "web", 3);

        var added = Assert.Single(scaled.Added);
        Assert.Equal(("web-3", "hush", "web", 2), (added.Id.Value, added.Secret, added.Assembly, added.Ordinal));
        Assert.Equal("web-2", added.Label);
        Assert.Equal("web-9", Assert.Single(scaled.Removed).Value);
        Assert.DoesNotContain("hush", $"{added}{scaled}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_attempt_to_scale_sends_the_same_command()
    {
        var seen = new List<ScaleRequest>();
        _grains.On("IConductorOperations.Scale", (_, args) =>
        {
            seen.Add((ScaleRequest)args[1]!);
            return seen.Count == 1
                ? throw new TimeoutException("lost")
                : Task.FromResult(new ScaleAnswer(ConductorOutcome.Done, [], [], []));
        });

        await Client().ScaleAsync(Deployable, "web", 3, TimeSpan.FromMinutes(5));

        Assert.Equal(2, seen.Count);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(TimeSpan.FromMinutes(5), seen[0].Deadline);
        Assert.NotNull(seen[0].Command.Mark);
    }

    [Theory]
    [InlineData(ConductorOutcome.NotYours, "No deployable 'shop' is registered by this conductor.")]
    [InlineData(ConductorOutcome.NotFound, "Group 'web' of deployable 'shop' was not scaled: there is none.")]
    public async Task A_missing_deployable_or_group_is_not_found(ConductorOutcome outcome, string message)
    {
        _grains.On("IConductorOperations.Scale", (_, _) => Task.FromResult(ScaleAnswer.Refuse(outcome, "there is none")));

        Assert.Equal(message, (await Assert.ThrowsAsync<NotFoundException>(() => Client().ScaleAsync(Deployable, "web", 3))).Message);
    }

    [Fact]
    public async Task An_impossible_scaling_is_refused_with_the_reason()
    {
        _grains.On("IConductorOperations.Scale", (_, _) => Task.FromResult(ScaleAnswer.Refuse(ConductorOutcome.CountRefused, "too many")));

        Assert.Equal(
            "too many",
            Assert.Single((await Assert.ThrowsAsync<RefusedException>(() => Client().ScaleAsync(Deployable, "web", 3))).Problems).Message);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client().ScaleAsync(Deployable, "web", -1));
        await Assert.ThrowsAsync<ArgumentException>(() => Client().RemoveMembersAsync(Deployable, "web", []));
        await Assert.ThrowsAsync<ArgumentException>(() => Client().RemoveMembersAsync(Deployable, "web", ["web-1", ""]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client().ScaleAsync(Deployable, "web", 3, TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Client().ReplaceInstanceAsync(InstanceId.Parse("web-1"), TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client().ScaleAsync(Deployable, "web", 3, TimeSpan.MaxValue));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Client().ReplaceInstanceAsync(InstanceId.Parse("web-1"), TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Each_replacement_has_a_new_secret_and_its_repeated_attempts_send_the_same_secret()
    {
        var secrets = new List<string>();
        _grains.On("IConductorOperations.Replace", (_, args) =>
        {
            secrets.Add((string)args[2]!);
            return secrets.Count == 1 ? throw new TimeoutException("lost") : Task.FromResult(ConductorAnswer.Done);
        });

        var one = await Client().ReplaceInstanceAsync(InstanceId.Parse("web-1"));
        var other = await Client().ReplaceInstanceAsync(InstanceId.Parse("web-1"));

        Assert.Equal([one, one, other], secrets);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task An_instance_of_another_conductor_is_not_found()
    {
        _grains.On("IConductorOperations.Replace", (_, _) => Task.FromResult(
            ConductorAnswer.Refuse(ConductorOutcome.NotFound, "this conductor has no such instance")));

        var error = await Assert.ThrowsAsync<NotFoundException>(() => Client().ReplaceInstanceAsync(InstanceId.Parse("web-1")));

        Assert.Equal("Instance 'web-1' was not replaced: this conductor has no such instance.", error.Message);
    }

    private AudreyClient Client() => new(_grains.Factory, new AudreyClientOptions { Conductor = Conductor, Secret = Secret });
}
