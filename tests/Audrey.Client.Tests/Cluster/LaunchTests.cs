using Audrey.Client.Tests.Support;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Cluster;

/// <summary>Tests launches over TCP that are interrupted and continued.</summary>
public sealed class LaunchTests(OneServer server) : IClassFixture<OneServer>
{
    [Fact]
    public async Task An_interrupted_and_repeated_launch_creates_one_deployable()
    {
        await using var client = await server.ConnectAsync("stopped", maxConcurrency: 1);
        var instances = Fleet("stopped", 600);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.RegisterDeployableAsync(
            instances, new RecordedProgress([], _ => cancel.Cancel()), cancellationToken: cancel.Token));
        var id = DeployableId.Parse("stopped");
        Assert.Equal([id], await client.ListDeployablesAsync().ToListAsync());
        var before = await client.GetDeployableStatusAsync(id);
        Assert.Equal(128, before.Instances.Length);
        Assert.Equal((true, 600), (before.IsLaunching, before.Expected));

        // One instance already exists, and its guest sends a value. The launch must keep this value.
        var early = before.Instances[0].Id;
        await server.GuestGives(early, [new("ip", "10.0.0.7"u8.ToArray())], []);
        var progress = new List<RegistrationProgress>();
        await client.RegisterDeployableAsync(instances, new RecordedProgress(progress));

        Assert.Equal(600, progress[^1].Registered);
        Assert.Equal([id], await client.ListDeployablesAsync().ToListAsync());
        var after = await client.GetDeployableStatusAsync(id);
        Assert.Equal(600, after.Instances.Length);
        Assert.False(after.IsLaunching);
        Assert.All(after.Instances, instance => Assert.Equal(1, instance.Generation));
        Assert.Empty(after.Instances.Single(instance => instance.Id == early).NotYetProvided);
    }

    [Fact]
    public async Task A_repeated_registration_changes_nothing_and_a_different_one_is_refused()
    {
        await using var client = await server.ConnectAsync("again");
        var instances = Fleet("again", 3);
        await client.RegisterDeployableAsync(instances, deadline: TimeSpan.FromMilliseconds(1));
        await server.GuestGives(instances[0].Id, [new("ip", "10.0.0.7"u8.ToArray())], []);

        await client.RegisterDeployableAsync([.. instances.Reverse()], deadline: TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<ConflictException>(() => client.RegisterDeployableAsync(instances[..2]));

        Assert.Equal(ConflictReason.AlreadyRegistered, error.Reason);
        var status = await client.GetDeployableStatusAsync(instances[0].Deployable);
        Assert.Equal(3, status.Instances.Length);
        Assert.Equal((true, status.Registered.AddMilliseconds(1)), (status.IsTimedOut, status.Deadline));
        Assert.Equal([1L, 1, 1], status.Instances.Select(instance => instance.Generation));
        Assert.Empty(status.Instances.Single(instance => instance.Id == instances[0].Id).NotYetProvided);
    }

    [Fact]
    public async Task A_refused_launch_leaves_no_instance_registered()
    {
        await using var client = await server.ConnectAsync("refused");
        var instances = Fleet("refused", 200);
        instances[150] =
            instances[150] with { Services = [Service("http") with { Executable = new SourceFile { Url = "http://127.0.0.1:1/none" } }] };

        var error = await Assert.ThrowsAsync<RefusedException>(() => client.RegisterDeployableAsync(instances));

        Assert.Equal(instances[150].Id, Assert.Single(error.Problems).Instance);
        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetInstanceStatusAsync(instances[0].Id));
        await client.RegisterDeployableAsync(Fleet("refused", 200));
        Assert.Equal(200, (await client.GetDeployableStatusAsync(DeployableId.Parse("refused"))).Instances.Length);
    }

    [Fact]
    public async Task A_launch_with_a_UUID_of_another_deployable_does_not_change_that_deployable()
    {
        await using var client = await server.ConnectAsync("taken");
        var holder = Fleet("holder", 1)[0];
        await client.RegisterDeployableAsync([holder]);

        var error = await Assert.ThrowsAsync<ConflictException>(
            () => client.RegisterDeployableAsync([.. Fleet("taken", 2), holder with { Deployable = DeployableId.Parse("taken") }]));

        Assert.Equal((ConflictReason.InstanceIdInUse, holder.Deployable), (error.Reason, error.Holder));
        Assert.Equal([holder.Deployable], await client.ListDeployablesAsync().ToListAsync());
        Assert.Equal(holder.Deployable, (await client.GetInstanceStatusAsync(holder.Id)).Deployable);
    }

    [Fact]
    public async Task Two_concurrent_registrations_of_one_deployable_register_it_only_once()
    {
        await using var one = await server.ConnectAsync("both");
        await using var other = await server.ConnectAsync("both");
        var instances = Fleet("both", 300);

        await Task.WhenAll(one.RegisterDeployableAsync(instances), other.RegisterDeployableAsync(instances));

        var status = await one.GetDeployableStatusAsync(instances[0].Deployable);
        Assert.Equal(300, status.Instances.Length);
        Assert.Equal(CompletionStatus.Incomplete, status.Status);
    }

    [Fact]
    public async Task Members_of_a_group_have_labels_in_the_status_the_scaling_and_the_events()
    {
        await using var client = await server.ConnectAsync("labelled");
        InstanceConfig[] instances =
            [.. Fleet("labelled", 2).Select((instance, i) => instance with { Name = "web", Ordinal = i })];
        await client.RegisterDeployableAsync(instances);
        var id = instances[0].Deployable;

        var added = Assert.Single((await client.ScaleAsync(id, "web", 3)).Added);
        await client.ReplaceInstanceAsync(instances[1].Id);
        await server.GuestGives(instances[1].Id, [new("ip", "10.0.0.7"u8.ToArray())], []);

        var status = await client.GetDeployableStatusAsync(id);
        Assert.Equal(["web-0", "web-1", "web-2"], status.Instances.Select(instance => instance.Label));
        Assert.Equal(instances[1].Id, Assert.Single(status.Instances.Named("web-1")).Id);
        Assert.Equal("web-2", added.Label);
        Assert.Equal("web-2", (await client.GetInstanceStatusAsync(added.Id)).Label);
        var listed = client.ListInstancesAsync(id, new() { Assembly = "web", Name = "web-1" });
        Assert.Equal([instances[1].Id], await listed.Select(instance => instance.Id).ToListAsync());
        Assert.Equal(3, await client.ListInstancesAsync(id).CountAsync());
        Assert.Empty(await client.ListInstancesAsync(id, new() { Status = CompletionStatus.Error }).ToListAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var contact = await client.ReadEventsAsync(id, 0, limit.Token)
            .FirstAsync(entry => entry.Details.Kind == EventKind.FirstContact, limit.Token);
        Assert.Equal(("web-1", $"web-1 ({instances[1].Id}) made its first contact from 10.0.0.7"), (contact.Label, EventText.Of(contact)));
        await client.DeleteDeployableAsync(id);
    }

    [Fact]
    public async Task The_summary_has_the_counts_and_instances_are_found_by_status()
    {
        await using var client = await server.ConnectAsync("counted");
        var instances = Fleet("counted", 40);
        await client.RegisterDeployableAsync(instances);
        var id = instances[0].Deployable;
        foreach (var instance in instances[..3]) await server.GuestGives(instance.Id, [new("ip", "10.0.0.7"u8.ToArray())], []);

        var whole = await client.GetDeployableStatusAsync(id);
        Assert.Equal((40, 37), (whole.Counts.Instances, whole.Counts.NeverHeardFrom));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var summary = await client.GetDeployableSummaryAsync(id, limit.Token);
        while (summary.Counts != whole.Counts) summary = await client.GetDeployableSummaryAsync(id, limit.Token);

        Assert.Equal(whole.Status, summary.Status);
        var status = whole.Instances.Single(instance => instance.Id == instances[0].Id).Status;
        var found = await client.FindInstancesAsync(id, new() { Status = status }).ToListAsync();
        Assert.Equal(
            whole.Instances.Where(instance => instance.Status == status).Select(instance => instance.Id.Value).Order(),
            found.Select(instance => instance.Id.Value).Order());
        await client.DeleteDeployableAsync(id);
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetDeployableSummaryAsync(id));
    }

    [Fact]
    public async Task The_differences_from_a_registered_deployable_are_shown_without_secrets()
    {
        await using var client = await server.ConnectAsync("compared");
        var instances = Fleet("compared", 300);
        var secret = new ParameterConfig { Name = "password", Value = "hunter2"u8.ToArray(), Secret = true };
        instances[7] = instances[7] with { Services = [Service("http", secret)] };
        await client.RegisterDeployableAsync(instances);
        var changed = instances.ToArray();
        changed[7] = instances[7] with { Secret = "hunter3", Services = [Service("http", secret with { Value = "hunter4"u8.ToArray() })] };
        changed[299] = instances[299] with { Stay = true };

        var error = await Assert.ThrowsAsync<ConflictException>(() => client.RegisterDeployableAsync(changed));
        var found = await client.CompareDeployableAsync(changed, TimeSpan.FromHours(1));

        Assert.Contains(nameof(IAudreyClient.CompareDeployableAsync), error.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                "+ deadline: 3600 s",
                "- web (web-compared-7): secret of the guest: a secret", "+ web (web-compared-7): secret of the guest: another secret",
                "- web (web-compared-7): service http: parameter password: a secret",
                "+ web (web-compared-7): service http: parameter password: another secret",
                "+ web (web-compared-299): stay: true",
            ],
            found.Lines(20));
        Assert.Empty((await client.CompareDeployableAsync(instances)).Differences);
        await Assert.ThrowsAsync<NotFoundException>(() => client.CompareDeployableAsync(Fleet("nowhere", 1)));
        await using var other = await server.ConnectAsync("other");
        await Assert.ThrowsAsync<NotFoundException>(() => other.CompareDeployableAsync(instances));
        await Assert.ThrowsAsync<RefusedException>(() => client.CompareDeployableAsync([changed[0], changed[0]]));
        await client.DeleteDeployableAsync(instances[0].Deployable);
    }

    private static InstanceConfig[] Fleet(string deployable, int size) =>
    [
        .. Enumerable.Range(0, size).Select(i =>
            Instance(
                $"web-{deployable}-{i}",
                Service(
                    "http",
                    NeedsValue("first", $"web-{deployable}-0", "ip"),
                    NeedsValue("next", $"web-{deployable}-{(i + 1) % size}", "ip")))
                .Providing("ip") with
            { Deployable = DeployableId.Parse(deployable) }),
    ];
}
