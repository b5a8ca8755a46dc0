using Audrey.Abstractions.Conductors;
using Audrey.Client.Tests.Support;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests;

/// <summary>Tests how the client handles each answer, with scripted grains.</summary>
public sealed class AudreyClientTests
{
    private readonly ScriptedGrains _grains = new();

    [Fact]
    public async Task A_command_names_the_conductor_and_has_its_own_mark()
    {
        var seen = new List<ConductorCommand>();
        _grains.On("IRegistrarGrain.Register", (_, args) =>
        {
            seen.Add((ConductorCommand)args[0]!);
            return Task.FromResult(ConductorAnswer.Done);
        });

        await Client().RegisterInstanceAsync(Instance("web-1"));
        await Client().RegisterInstanceAsync(Instance("web-1"));

        Assert.All(seen, command => Assert.Equal(Conductor, command.Conductor));
        Assert.All(seen, command => Assert.NotNull(command.Mark));
        Assert.NotEqual(seen[0].Mark, seen[1].Mark);
    }

    [Fact]
    public async Task A_conflict_over_a_UUID_names_both_deployables()
    {
        Answers(ConductorOutcome.IdInUse);
        _grains.On("IInstanceGrain.GetReport", (_, _) => Found(Report("web-1") with { Deployable = DeployableId.Parse("other") }));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterInstanceAsync(Instance("web-1")));

        Assert.Equal("Instance 'web-1' cannot be registered in deployable 'shop': its UUID is used in deployable 'other'.", error.Message);
        Assert.Equal(
            (ConflictReason.InstanceIdInUse, Deployable, DeployableId.Parse("other")),
            (error.Reason, error.Deployable, error.Holder));
    }

    [Fact]
    public async Task A_conflict_over_a_UUID_does_not_name_the_deployable_of_another_conductor()
    {
        Answers(ConductorOutcome.IdInUse);
        _grains.On(
            "IInstanceGrain.GetReport",
            (_, _) => Found(Report("web-1") with { Conductor = ConductorKey.Parse("someone"), Deployable = DeployableId.Parse("theirs") }));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterInstanceAsync(Instance("web-1")));

        Assert.Null(error.Holder);
        Assert.DoesNotContain("theirs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConductorOutcome.NotYours, ConflictReason.AnotherConductor)]
    [InlineData(ConductorOutcome.BeingDeleted, ConflictReason.BeingDeleted)]
    public async Task A_deployable_that_cannot_be_used_is_a_conflict(ConductorOutcome outcome, ConflictReason reason)
    {
        Answers(outcome);

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client(deadlineMs: 100).RegisterInstanceAsync(Instance("web-1")));

        Assert.Equal(reason, error.Reason);
    }

    [Fact]
    public async Task Every_refused_source_is_named()
    {
        Answers(ConductorOutcome.SourcesRefused, "http: 404", "mysql: too large");

        var error = await Assert.ThrowsAsync<RefusedException>(() => Client().RegisterInstanceAsync(Instance("web-1")));

        Assert.Equal(["http: 404", "mysql: too large"], error.Problems.Messages());
        Assert.Contains("- mysql: too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_breaks_the_rules_of_documents_is_not_sent()
    {
        var error = await Assert.ThrowsAsync<RefusedException>(
            () => Client().RegisterInstanceAsync(Instance("web-1") with { Secret = "" }));

        Assert.Equal("the secret is empty; the guest signs with it", Assert.Single(error.Problems).Message);
    }

    [Fact]
    public async Task A_deployable_with_a_problem_is_not_sent()
    {
        var error = await Assert.ThrowsAsync<RefusedException>(
            () => Client().RegisterDeployableAsync([Instance("web-1"), Instance("web-1")]));

        Assert.Single(error.Problems);
    }

    [Fact]
    public async Task An_instance_of_another_conductor_is_not_found()
    {
        _grains.On("IInstanceGrain.GetReport", (_, _) => Found(Report("web-1") with { Conductor = ConductorKey.Parse("someone") }));

        await Assert.ThrowsAsync<NotFoundException>(() => Client().GetInstanceStatusAsync(InstanceId.Parse("web-1")));
    }

    [Fact]
    public async Task The_status_of_an_instance_includes_what_its_providers_report()
    {
        _grains.On("IInstanceGrain.GetReport", (key, _) => key switch
        {
            "i:web-1" =>
                Found(Report("web-1", Waiting("http", Missing(NeedsValue("a", "db-1", "ip")), Missing(NeedsValue("b", "none", "ip"))))),
            "i:db-1" => Found(Report("db-1") with { LastContact = Time }),
            _ => Found(null),
        });

        var status = await Client().GetInstanceStatusAsync(InstanceId.Parse("web-1"));

        Assert.Equal([Time, null], status.Waits.Select(wait => wait.Provider.LastContact));
        Assert.Equal([true, false], status.Waits.Select(wait => wait.Provider.IsRegistered));
    }

    [Theory]
    [InlineData(ConductorOutcome.Done)]
    [InlineData(ConductorOutcome.NotFound)]
    [InlineData(ConductorOutcome.NotYours)]
    [InlineData(ConductorOutcome.BeingDeleted)]
    public async Task Deleting_a_missing_or_foreign_deployable_succeeds(ConductorOutcome outcome)
    {
        _grains.On("IDeployableGrain.Delete", (_, _) => Task.FromResult(ConductorAnswer.Refuse(outcome)));

        await Client().DeleteDeployableAsync(Deployable);
    }

    [Fact]
    public async Task A_list_reads_all_pages_and_stops_when_cancelled()
    {
        _grains.On("IConductorGrain.List", (_, args) => Task.FromResult(new DeployablesPage([DeployableId.Parse($"d{args[0]}")], 3)));
        using var cancel = new CancellationTokenSource();

        Assert.Equal(["d0", "d1", "d2"], await Client().ListDeployablesAsync().Select(id => id.Value).ToListAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Client().ListDeployablesAsync(cancel.Token)) await cancel.CancelAsync();
        });
    }

    [Fact]
    public async Task An_id_that_was_never_parsed_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client().GetInstanceStatusAsync(default));
        await Assert.ThrowsAsync<ArgumentException>(() => Client().RegisterInstanceAsync(Instance("web-1") with { Deployable = default }));
    }

    [Fact]
    public async Task A_disposed_client_throws()
    {
        var client = Client();
        await client.DisposeAsync();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.RegisterInstanceAsync(Instance("web-1")));
    }

    private static Task<InstanceReport?> Found(InstanceReport? report) => Task.FromResult(report);

    private void Answers(ConductorOutcome outcome, params string[] problems) =>
        _grains.On("IRegistrarGrain.Register", (_, _) => Task.FromResult(new ConductorAnswer(outcome, [.. problems])));

    private AudreyClient Client(int deadlineMs = 60_000) => new(
        _grains.Factory,
        new AudreyClientOptions { Conductor = Conductor, Deadline = TimeSpan.FromMilliseconds(deadlineMs) });
}
