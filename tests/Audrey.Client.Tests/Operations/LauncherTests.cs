using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Client.Tests.Support;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Operations;

/// <summary>Tests how the client handles each answer to a launch, with scripted grains.</summary>
public sealed class LauncherTests
{
    private readonly ScriptedGrains _grains = new();
    private readonly List<string> _calls = [];
    private Func<InstanceConfig, ConductorAnswer> _register = _ => ConductorAnswer.Done;
    private LaunchAnswer _begin = new(ConductorOutcome.Done, 7);

    public LauncherTests()
    {
        _grains.On("IConductorOperations.BeginLaunch", (_, args) => Record("begin", _begin));
        _grains.On("IConductorOperations.SealLaunch", (_, _) => Record("seal", ConductorAnswer.Done));
        _grains.On(
            "IConductorOperations.AbandonLaunch",
            (_, args) => Record($"abandon {((LaunchKey)args[0]!).Incarnation}", ConductorAnswer.Done));
        _grains.On("IConductorOperations.Launch", (_, args) =>
        {
            var chunk = (LaunchChunk)args[0]!;
            return Record(
                $"{chunk.Instances.Length}{(chunk.MayBeThere ? " that may be there" : "")}",
                new LaunchChunkAnswer(ConductorOutcome.Done, [.. chunk.Instances.Select(_register)]));
        });
    }

    [Fact]
    public async Task A_launch_is_begun_then_its_instances_are_sent_in_chunks_then_it_is_sealed()
    {
        var progress = new List<RegistrationProgress>();

        var registration = await Client().RegisterDeployableAsync(
            [.. Enumerable.Range(0, 300).Select(i => Instance($"i-{i}"))],
            new RecordedProgress(progress));

        Assert.Equal(300, registration.Instances);
        Assert.Equal(["begin", "128", "128", "44", "seal"], _calls);
        Assert.Equal([128, 256, 300], progress.Select(report => report.Registered));
        Assert.All(progress, report => Assert.Equal(300, report.Total));
    }

    [Fact]
    public async Task Large_instances_are_sent_in_smaller_chunks()
    {
        var large = Service("s") with { Executable = new SourceFile { Contents = new string('x', 3 * 1024 * 1024) } };

        await Client().RegisterDeployableAsync([Instance("a-1", large), Instance("a-2", large), Instance("a-3")]);

        Assert.Equal(["begin", "1", "2", "seal"], _calls);
    }

    [Fact]
    public async Task A_repeated_launch_continues_the_interrupted_one()
    {
        _begin = new(ConductorOutcome.Done, 7, Resumed: true);

        await Client().RegisterDeployableAsync([Instance("web-1")]);

        Assert.Equal(["begin", "1 that may be there", "seal"], _calls);
    }

    [Fact]
    public async Task A_finished_launch_is_not_sent_again()
    {
        _begin = new(ConductorOutcome.Done, 7, Resumed: true, Sealed: true);
        var progress = new List<RegistrationProgress>();

        await Client().RegisterDeployableAsync([Instance("web-1")], new RecordedProgress(progress));

        Assert.Equal(["begin"], _calls);
        Assert.Equal(new RegistrationProgress(1, 1), Assert.Single(progress));
    }

    [Fact]
    public async Task All_refused_instances_are_named_and_nothing_stays_registered()
    {
        _register = config =>
            config.Name == "bad" ? ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, "no file") : ConductorAnswer.Done;

        var error = await Assert.ThrowsAsync<RefusedException>(
            () => Client().RegisterDeployableAsync([Instance("bad-1"), Instance("web-1"), Instance("bad-2")]));

        Assert.Equal(["bad-1", "bad-2"], error.Problems.Select(problem => problem.Instance!.Value.Value));
        Assert.StartsWith(
            "Deployable 'shop' was not registered, because 2 of its instances were refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(["begin", "3", "abandon 7"], _calls);
    }

    [Fact]
    public async Task Nothing_stays_registered_if_a_UUID_is_in_use()
    {
        _register = _ => ConductorAnswer.Refuse(ConductorOutcome.IdInUse);
        _grains.On("IConductorOperations.GetInstance", (_, _) => Task.FromResult<InstanceReport?>(Report("web-1")));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterDeployableAsync([Instance("web-1")]));

        Assert.Equal(ConflictReason.InstanceIdInUse, error.Reason);
        Assert.Equal(["begin", "1", "abandon 7"], _calls);
    }

    [Theory]
    [InlineData(ConductorOutcome.LaunchDiffers, ConflictReason.AlreadyRegistered)]
    [InlineData(ConductorOutcome.NotYours, ConflictReason.AnotherConductor)]
    [InlineData(ConductorOutcome.BeingDeleted, ConflictReason.BeingDeleted)]
    public async Task A_deployable_that_exists_with_other_settings_is_a_conflict_and_stays_unchanged(
        ConductorOutcome outcome, ConflictReason reason)
    {
        _begin = new(outcome);

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client(deadlineMs: 100).RegisterDeployableAsync([Instance("web-1")]));

        Assert.Equal(reason, error.Reason);
        Assert.All(_calls, call => Assert.Equal("begin", call));
    }

    [Fact]
    public async Task A_deployable_that_is_deleted_during_its_launch_is_a_conflict()
    {
        _grains.On("IConductorOperations.Launch", (_, _) => Task.FromResult(new LaunchChunkAnswer(ConductorOutcome.LaunchEnded, [])));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterDeployableAsync([Instance("web-1")]));

        Assert.Equal("Deployable 'shop' was deleted during its registration. Register it again if you still need it.", error.Message);
    }

    [Fact]
    public async Task A_repeated_chunk_states_that_its_instances_may_already_exist()
    {
        var attempts = new List<bool>();
        _grains.On("IConductorOperations.Launch", (_, args) =>
        {
            attempts.Add(((LaunchChunk)args[0]!).MayBeThere);
            return attempts.Count == 1
                ? throw new TimeoutException("lost")
                : Task.FromResult(new LaunchChunkAnswer(ConductorOutcome.Done, [ConductorAnswer.Done]));
        });

        await Client().RegisterDeployableAsync([Instance("web-1")]);

        Assert.Equal([false, true], attempts);
    }

    [Fact]
    public async Task A_deadline_that_no_clock_reaches_is_refused() => await Assert.ThrowsAsync<RefusedException>(
        () => Client().RegisterDeployableAsync([Instance("web-1")], deadline: TimeSpan.MaxValue));

    [Fact]
    public async Task A_deadline_of_zero_is_refused() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => Client().RegisterDeployableAsync([Instance("web-1")], deadline: TimeSpan.Zero));

    private Task<T> Record<T>(string call, T answer)
    {
        lock (_calls) _calls.Add(call);
        return Task.FromResult(answer);
    }

    private AudreyClient Client(int deadlineMs = 60_000) => new(
        _grains.Factory,
        new AudreyClientOptions
        {
            Conductor = Conductor,
            Secret = Secret,
            Deadline = TimeSpan.FromMilliseconds(deadlineMs),
            MaxConcurrency = 1,
        });
}
