using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Core.Tarballs;
using Audrey.Grains.Instance;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class RegistrationTests(ClusterFixture fixture)
{
    [Fact]
    public async Task A_second_registration_begins_without_values_and_the_dependents_are_notified()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"), d.After("up", "db", "mysql"))));
        await d.Provide("db", "ip", "1");
        await d.End("db", "mysql", "0");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|up&MA==|", await d.Read("web"));

        await d.Register(d.Config("db", ["ip"], Service("mysql")));

        Assert.Equal("Incomplete |service|http|parameters|ip&|up&|", await d.Read("web"));
        var report = await d.Report("db");
        Assert.Equal(CompletionStatus.Incomplete, report.Status);
        Assert.Equal("ip", Assert.Single(report.PendingProvided));
        Assert.Equal(2, report.Generation);
        Assert.Null(report.FirstContact);

        await d.Provide("db", "ip", "2");
        await d.End("db", "mysql", "0");
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|up&MA==|", await d.Read("web"));
    }

    [Fact]
    public async Task After_a_second_registration_requests_that_were_verified_with_the_old_secret_change_nothing()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        var old = await d.Contact("db");
        await d.Register(d.Config("db", ["ip"], Service("mysql")));

        Assert.Equal(GuestStatus.StaleCredential, (await d.Guest("db").GetConfiguration(old, null)).Status);
        Assert.Equal(GuestStatus.StaleCredential, (await d.Guest("db").GetParameters(old)).Status);
        Assert.Equal(GuestStatus.StaleCredential, (await d.Guest("db").GetTarball(old)).Status);
        Assert.Equal(GuestStatus.StaleCredential, (await d.Guest("db").Provide(old, Values(("ip", "1")))).Status);
        Assert.Equal("ip", Assert.Single((await d.Report("db")).PendingProvided));
    }

    [Fact]
    public async Task The_first_contact_after_a_second_registration_is_recorded_immediately()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        await d.Provide("db", "ip", "1");
        await d.Register(d.Config("db", ["ip"], Service("mysql")));

        await d.Get("db", "mysql");

        var report = await d.Report("db");
        Assert.NotNull(report.FirstContact);
        Assert.NotNull(report.Services.Single().Started);
    }

    [Fact]
    public async Task The_second_registration_of_an_instance_may_refer_to_other_instances_than_the_first()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("a", ["x"]));
        await d.Register(d.Config("b", ["x"]));
        await d.Register(d.Config("web", [], Service("s", d.From("x", "a", "x"))));
        await d.Provide("a", "x", "1");
        await d.Register(d.Config("web", [], Service("s", d.From("x", "b", "x"))));

        Assert.Equal("Incomplete |service|s|parameters|x&|", await d.Read("web"));
        await d.Provide("b", "x", "2");
        await d.Provide("a", "x", "3");
        Assert.Equal("Complete |service|s|parameters|x&Mg==|", await d.Read("web"));
    }

    [Fact]
    public async Task If_a_registration_arrives_while_a_push_hangs_it_is_pushed_afterwards()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        using var cut = fixture.Calls.Close("Publish", d.Tag);
        await d.Provide("db", "ip", "2");
        await d.Register(d.Config("db", ["ip"]));
        Assert.Equal(1, cut.Arrivals);

        using var received = fixture.Calls.Watch("Receive", "web-" + d.Tag, times: 2);
        cut.Open();
        await received.Passed;

        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
    }

    [Fact]
    public async Task An_id_of_another_deployable_is_refused_and_both_deployables_are_named()
    {
        var (d, other) = (fixture.Deployment(), fixture.Deployment());
        await d.Register(d.Config("db", ["ip"]));
        await d.Provide("db", "ip", "1");

        var answer = await other.Register(other.Config("x") with { Id = d.InstanceId("db") });

        Assert.Equal(ConductorOutcome.IdInUse, answer.Outcome);
        Assert.Contains(d.Id.Value, answer.Problems.Single(), StringComparison.Ordinal);
        Assert.Contains(other.Id.Value, answer.Problems.Single(), StringComparison.Ordinal);
        Assert.Empty((await d.Report("db")).PendingProvided);
        Assert.Null(await other.Grain.GetHeader());
    }

    [Fact]
    public async Task A_registration_by_another_conductor_is_refused()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("s")));
        await d.Provide("db", "ip", "1");
        var stranger = new ConductorCommand(Core.Ids.ConductorKey.Parse("stranger-" + d.Tag), Mark());

        Assert.Equal(ConductorOutcome.NotYours, (await d.Register(d.Config("db", ["ip"]), stranger)).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await d.Register(d.Config("new"), stranger)).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await d.Instance("db").ReplaceTarball(stranger, [9])).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await d.Grain.Delete(stranger)).Outcome);
        Assert.Null(await d.Instance("new").GetReport());
        Assert.Empty((await d.Report("db")).PendingProvided);
        Assert.NotNull(await d.Grain.GetHeader());
    }

    [Fact]
    public async Task A_tarball_is_stored_by_the_registration_and_replaced_by_an_upload()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        Assert.Equal([1, 2, 3], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);

        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").ReplaceTarball(d.Command(), null)).Outcome);
        Assert.Equal([1, 2, 3], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);
        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").ReplaceTarball(d.Command(), [4])).Outcome);
        Assert.Equal([4], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);
    }

    [Fact]
    public async Task An_upload_in_another_format_is_stored_with_its_gzip_copy_until_the_next_upload()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"), tarball: []);
        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").ReplaceTarballWithCopy(d.Command(), [4, 5], [6, 7, 8])).Outcome);
        await fixture.Restart(d.Instance("db"));

        var tarball = (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!;
        Assert.Equal([4, 5], tarball.Bytes);
        Assert.Equal([6, 7, 8], tarball.InGzip().Bytes);
        var hello = await Hello(d);
        Assert.Equal((tarball.InGzip().Digest, 3), (hello.TarballDigest, hello.TarballBytes));
        Assert.NotEqual(tarball.Digest, hello.TarballDigest);

        await d.Instance("db").ReplaceTarball(d.Command(), [9]);
        Assert.Equal([9], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.InGzip().Bytes);
    }

    [Fact]
    public async Task If_an_instance_was_registered_without_files_its_tarball_row_is_not_read()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"), tarball: []);

        var hello = await Hello(d);
        var fetched = (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!;

        Assert.Equal((null, 0), (hello.TarballDigest, hello.TarballBytes));
        Assert.Equal(TarballBuilder.Empty, fetched.Bytes);
        Assert.False(fixture.IsInMemory(Tarball(d)));
    }

    [Fact]
    public async Task A_tarball_that_was_uploaded_after_the_registration_is_found_after_a_restart()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"), tarball: []);
        await d.Instance("db").ReplaceTarball(d.Command(), [4, 5]);
        await fixture.Restart(d.Instance("db"));

        Assert.Equal(2, (await Hello(d)).TarballBytes);
        Assert.Equal([4, 5], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);
    }

    [Fact]
    public async Task A_registration_without_files_deletes_the_tarball_of_the_previous_registration()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        await d.Register(d.Config("db"), tarball: []);

        Assert.Equal(0, (await Hello(d)).TarballBytes);
        Assert.Null(await Tarball(d).Get());
    }

    [Fact]
    public async Task A_replacement_keeps_the_tarball()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        await d.Register(d.Config("web"), tarball: []);
        await d.Instance("db").Replace(d.Command(), "another secret");
        await d.Instance("web").Replace(d.Command(), "another secret");

        Assert.Equal(3, (await Hello(d)).TarballBytes);
        Assert.Equal(TarballBuilder.Empty, (await d.Guest("web").GetTarball(await d.Contact("web"))).Value!.Bytes);
        Assert.False(fixture.IsInMemory(Tarball(d, "web")));
    }

    [Fact]
    public async Task An_instance_that_is_not_registered_is_not_found()
    {
        var d = fixture.Deployment();
        var contact = await d.Contact("nobody");

        Assert.Null(await d.Guest("nobody").GetCredential());
        Assert.Null(await d.Instance("nobody").GetReport());
        Assert.Equal(GuestStatus.NotRegistered, (await d.Guest("nobody").GetConfiguration(contact, null)).Status);
        Assert.Equal(GuestStatus.NotRegistered, (await d.Guest("nobody").GetParameters(contact)).Status);
        Assert.Equal(GuestStatus.NotRegistered, (await d.Guest("nobody").Provide(contact, Values(("a", "b")))).Status);
        Assert.Equal(GuestStatus.NotRegistered, (await d.Guest("nobody").GetTarball(contact)).Status);
        Assert.Equal(ConductorOutcome.NotFound, (await d.Instance("nobody").ReplaceTarball(d.Command(), [1])).Outcome);
        Assert.Equal(ConductorOutcome.NotFound, (await d.Grain.Delete(d.Command())).Outcome);
    }

    private async Task<HelloAnswer> Hello(Deployment d) =>
        (await d.Guest("db").Hello(await d.Contact("db", version: 3))).Value!;

    private ITarballGrain Tarball(Deployment d, string name = "db") =>
        fixture.Grains.GetGrain<ITarballGrain>(GrainKeys.Of(d.InstanceId(name)));
}
