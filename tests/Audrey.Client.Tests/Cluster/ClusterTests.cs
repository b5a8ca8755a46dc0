using Audrey.Client.Tests.Support;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using static Audrey.Client.Tests.Support.Some;

namespace Audrey.Client.Tests.Cluster;

/// <summary>Tests the client with real grains over TCP. Each test has its own conductor, deployable and instances.</summary>
public sealed class ClusterTests(OneServer server) : IClassFixture<OneServer>
{
    [Fact]
    public async Task A_deployable_is_followed_from_its_registration_to_its_end()
    {
        await using var client = await server.ConnectAsync("life");
        var (web, db) = (Of("life", Web("life")), Of("life", Db("life")));
        var progress = new List<RegistrationProgress>();

        var registration = await client.RegisterDeployableAsync([db, web], new RecordedProgress(progress));
        Assert.Empty(registration.Warnings);
        Assert.Equal(new RegistrationProgress(2, 2), Assert.Single(progress));

        var before = await client.GetDeployableStatusAsync(web.Deployable);
        Assert.Equal(("Shop", CompletionStatus.Incomplete, false), (before.Name, before.Status, before.IsBeingDeleted));
        Assert.Equal(["db", "web"], before.Instances.Select(instance => instance.Assembly));
        Assert.Equal(["db_host", "db_ready"], before.Waits.Select(wait => wait.Parameter).Order());
        Assert.All(
            before.Waits,
            wait => Assert.True(wait is { Provider: { IsRegistered: true, LastContact: null }, Reason: WaitReason.NotGivenYet }));

        await server.GuestGives(db.Id, [new("ip", "10.0.0.7"u8.ToArray())], []);
        var between = Assert.Single((await client.GetInstanceStatusAsync(web.Id)).Waits);
        Assert.Equal(("db_ready", ReferenceKind.ServiceEnd), (between.Parameter, between.Kind));
        Assert.NotNull(between.Provider!.LastContact);
        Assert.Equal("10.0.0.7", between.Provider!.Address);

        await server.GuestGives(db.Id, [], [new("mysql", "0"u8.ToArray())]);
        await server.GuestGives(web.Id, [], [new("http", "0"u8.ToArray())]);
        var after = await client.GetDeployableStatusAsync(web.Deployable);
        Assert.Empty(after.Waits);
        Assert.Equal(CompletionStatus.Success, after.Status);

        await client.DeleteDeployableAsync(web.Deployable);
        await client.DeleteDeployableAsync(web.Deployable);
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetDeployableStatusAsync(web.Deployable));
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetInstanceStatusAsync(web.Id));
        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());
    }

    [Fact]
    public async Task A_failed_service_is_shown_to_the_instances_that_wait_for_it()
    {
        await using var client = await server.ConnectAsync("failure");
        var (web, db) = (Of("failure", Web("failure")), Of("failure", Db("failure")));
        await client.RegisterDeployableAsync([web, db]);

        await server.GuestGives(db.Id, [], [new("mysql", "1"u8.ToArray())]);

        var wait = Assert.Single((await client.GetInstanceStatusAsync(web.Id)).Waits);
        Assert.Equal("mysql", Assert.Single(wait.Provider!.Failed!).Service);
        Assert.Equal(CompletionStatus.Error, (await client.GetDeployableStatusAsync(web.Deployable)).Status);
    }

    [Fact]
    public async Task Instances_can_be_registered_individually_and_an_unknown_provider_is_named()
    {
        await using var client = await server.ConnectAsync("single");
        var web = Of("single", Web("single"));

        await client.RegisterInstanceAsync(web);

        Assert.All((await client.GetInstanceStatusAsync(web.Id)).Waits, wait => Assert.False(wait.Provider!.IsRegistered));
        await client.RegisterInstanceAsync(Of("single", Db("single")));
        Assert.All((await client.GetInstanceStatusAsync(web.Id)).Waits, wait => Assert.True(wait.Provider!.IsRegistered));
    }

    [Fact]
    public async Task Only_the_deployables_of_the_conductor_are_listed()
    {
        await using var client = await server.ConnectAsync("lister");
        await using var other = await server.ConnectAsync("other lister");
        await other.RegisterInstanceAsync(Of("theirs", Db("theirs")));
        for (var i = 0; i < 3; i++) await client.RegisterInstanceAsync(Of($"mine-{i}", Db($"mine-{i}")));

        Assert.Equal(["mine-0", "mine-1", "mine-2"], await client.ListDeployablesAsync().Select(id => id.Value).ToListAsync());
    }

    [Fact]
    public async Task A_UUID_of_another_deployable_is_refused_and_both_deployables_are_named()
    {
        await using var client = await server.ConnectAsync("twice");
        await client.RegisterInstanceAsync(Of("first", Db("twice")));

        var error = await Assert.ThrowsAsync<ConflictException>(() => client.RegisterInstanceAsync(Of("second", Db("twice"))));

        Assert.Equal(ConflictReason.InstanceIdInUse, error.Reason);
        Assert.Equal((DeployableId.Parse("second"), DeployableId.Parse("first")), (error.Deployable, error.Holder));
    }

    [Fact]
    public async Task Another_conductor_cannot_see_join_or_delete_a_deployable()
    {
        await using var owner = await server.ConnectAsync("owner");
        await using var other = await server.ConnectAsync("stranger");
        var db = Of("owned", Db("owned"));
        await owner.RegisterInstanceAsync(db);

        await Assert.ThrowsAsync<NotFoundException>(() => other.GetDeployableStatusAsync(db.Deployable));
        await Assert.ThrowsAsync<NotFoundException>(() => other.GetInstanceStatusAsync(db.Id));
        var error = await Assert.ThrowsAsync<ConflictException>(() => other.RegisterInstanceAsync(Of("owned", Web("owned"))));
        Assert.Equal(ConflictReason.AnotherConductor, error.Reason);
        await other.DeleteDeployableAsync(db.Deployable);

        Assert.Single((await owner.GetDeployableStatusAsync(db.Deployable)).Instances);
    }

    [Fact]
    public async Task A_source_that_cannot_be_fetched_is_refused_with_the_reason()
    {
        await using var client = await server.ConnectAsync("sources");
        var instance = Of(
            "sources",
            Instance("web-sources", Service("http") with { Executable = new SourceFile { Url = "http://127.0.0.1:1/none" } }));

        var error = await Assert.ThrowsAsync<RefusedException>(() => client.RegisterInstanceAsync(instance));

        Assert.Equal(instance.Id, Assert.Single(error.Problems).Instance);
    }

    [Fact]
    public async Task If_the_token_is_already_cancelled_the_client_sends_nothing()
    {
        await using var client = await server.ConnectAsync("cancelled");
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.RegisterDeployableAsync([Of("never", Db("never"))], cancellationToken: cancel.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.GetDeployableStatusAsync(DeployableId.Parse("never"), cancel.Token));

        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());
    }

    private static InstanceConfig Of(string deployable, InstanceConfig instance) =>
        instance with { Deployable = DeployableId.Parse(deployable) };

    private static InstanceConfig Db(string test) => Instance($"db-{test}", Service("mysql")).Providing("ip");

    private static InstanceConfig Web(string test) =>
        Instance($"web-{test}", Service("http", NeedsValue("db_host", $"db-{test}", "ip"), NeedsEnd("db_ready", $"db-{test}", "mysql")));
}
