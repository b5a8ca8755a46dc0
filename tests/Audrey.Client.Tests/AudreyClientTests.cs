using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Operations;
using Audrey.Client.Tests.Support;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests;

/// <summary>Tests how the client handles each answer, with scripted grains.</summary>
public sealed class AudreyClientTests
{
    private readonly ScriptedGrains _grains = new();

    [Fact]
    public async Task Each_command_has_a_unique_request_mark()
    {
        var seen = new List<RequestMark>();
        _grains.On("IConductorOperations.Register", (_, args) =>
        {
            seen.Add((RequestMark)args[0]!);
            return Task.FromResult(ConductorAnswer.Done);
        });

        await Client().RegisterInstanceAsync(Instance("web-1"));
        await Client().RegisterInstanceAsync(Instance("web-1"));

        Assert.NotEqual(seen[0], seen[1]);
    }

    [Fact]
    public async Task The_error_for_a_UUID_conflict_names_both_deployables()
    {
        Answers(ConductorOutcome.IdInUse);
        _grains.On("IConductorOperations.GetInstance", (_, _) => Found(Report("web-1") with { Deployable = DeployableId.Parse("other") }));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterInstanceAsync(Instance("web-1")));

        Assert.Equal("Instance 'web-1' cannot be registered in deployable 'shop': its UUID is used in deployable 'other'.", error.Message);
        Assert.Equal(
            (ConflictReason.InstanceIdInUse, Deployable, DeployableId.Parse("other")),
            (error.Reason, error.Deployable, error.Holder));
    }

    [Fact]
    public async Task The_error_for_a_UUID_conflict_does_not_name_the_deployable_of_another_conductor()
    {
        Answers(ConductorOutcome.IdInUse);
        _grains.On("IConductorOperations.GetInstance", (_, _) => Found(null));

        var error = await Assert.ThrowsAsync<ConflictException>(() => Client().RegisterInstanceAsync(Instance("web-1")));

        Assert.Null(error.Holder);
        Assert.Contains("another deployable", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConductorOutcome.NotYours, ConflictReason.AnotherConductor)]
    [InlineData(ConductorOutcome.BeingDeleted, ConflictReason.BeingDeleted)]
    public async Task Using_a_deployable_of_another_conductor_or_one_that_is_being_deleted_is_a_conflict(
        ConductorOutcome outcome, ConflictReason reason)
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
        _grains.On("IConductorOperations.GetInstance", (_, _) => Found(null));

        await Assert.ThrowsAsync<NotFoundException>(() => Client().GetInstanceStatusAsync(InstanceId.Parse("web-1")));
    }

    [Fact]
    public async Task The_status_of_an_instance_includes_the_reports_of_its_providers()
    {
        _grains.On("IConductorOperations.GetInstance", (_, args) => args[0]!.ToString() switch
        {
            "web-1" =>
                Found(Report("web-1", Waiting("http", Missing(NeedsValue("a", "db-1", "ip")), Missing(NeedsValue("b", "none", "ip"))))),
            "db-1" => Found(Report("db-1") with { LastContact = Time }),
            _ => Found(null),
        });

        _grains.On("IConductorOperations.GetDeployable", (_, _) => Task.FromResult<DeployableHeader?>(null));

        var status = await Client().GetInstanceStatusAsync(InstanceId.Parse("web-1"));

        Assert.Equal([Time, null], status.Waits.Select(wait => wait.Provider!.LastContact));
        Assert.Equal([true, false], status.Waits.Select(wait => wait.Provider!.IsRegistered));
    }

    [Theory]
    [InlineData(ConductorOutcome.Done)]
    [InlineData(ConductorOutcome.NotFound)]
    [InlineData(ConductorOutcome.NotYours)]
    [InlineData(ConductorOutcome.BeingDeleted)]
    public async Task Deleting_a_deployable_succeeds_even_if_it_is_missing_or_belongs_to_another_conductor(ConductorOutcome outcome)
    {
        _grains.On("IConductorOperations.Delete", (_, _) => Task.FromResult(ConductorAnswer.Refuse(outcome)));

        await Client().DeleteDeployableAsync(Deployable);
    }

    [Fact]
    public async Task Listing_reads_all_pages_and_stops_when_it_is_cancelled()
    {
        _grains.On("IConductorOperations.List", (_, args) => Task.FromResult(new DeployablesPage([DeployableId.Parse($"d{args[0]}")], 3)));
        using var cancel = new CancellationTokenSource();

        Assert.Equal(["d0", "d1", "d2"], await Client().ListDeployablesAsync().Select(id => id.Value).ToListAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Client().ListDeployablesAsync(cancel.Token)) await cancel.CancelAsync();
        });
    }

    [Theory]
    [InlineData(true, typeof(UnprovenException))]
    [InlineData(false, typeof(NotPermittedException))]
    public async Task A_call_is_not_repeated_if_the_cluster_refuses_its_caller(bool isUnproven, Type expected)
    {
        var calls = 0;
        _grains.On<DeployablesPage>(
            "IConductorOperations.List",
            (_, _) => ++calls > 0 ? throw new CallerRefusedException("what is needed") { IsUnproven = isUnproven } : null!);

        var error = await Assert.ThrowsAsync(expected, async () => await Client().ListDeployablesAsync().ToListAsync());

        Assert.Equal(("what is needed", 1), (error.Message, calls));
    }

    [Fact]
    public async Task A_default_id_is_refused()
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
        _grains.On("IConductorOperations.Register", (_, _) => Task.FromResult(new ConductorAnswer(outcome, [.. problems])));

    private AudreyClient Client(int deadlineMs = 60_000) => new(
        _grains.Factory,
        new AudreyClientOptions { Conductor = Conductor, Secret = Secret, Deadline = TimeSpan.FromMilliseconds(deadlineMs) });
}
