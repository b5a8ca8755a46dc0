using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class ReplayTests(ClusterFixture fixture)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_PUT_is_answered_and_changes_nothing(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a", "b"]));
        var captured = await d.Contact("db", address: "192.0.2.1");
        await d.Guest("db").Provide(captured, Values(("a", "old")));
        await d.Provide("db", "a", "new");
        if (restarted) await fixture.Restart(d.Instance("db"));
        var before = await d.Report("db");
        var writes = fixture.Storage.Writes(d.Tag);

        var answer = await d.Guest("db").Provide(captured with { Address = "203.0.113.9" }, Values(("a", "old")));

        Assert.Equal("|b|", Text(answer));
        Assert.Equal("new", await d.ValueOf("db", "a"));
        Assert.Equal(before.Address, (await d.Report("db")).Address);
        Assert.Equal(before.LastContact, (await d.Report("db")).LastContact);
        Assert.Equal(writes, fixture.Storage.Writes(d.Tag));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_used_nonce_under_another_signature_is_refused(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        var captured = await d.Contact("db");
        await d.Guest("db").Provide(captured, Values(("a", "old")));
        if (restarted) await fixture.Restart(d.Instance("db"));

        var answer = await d.Guest("db").Provide(captured with { Mark = captured.Mark with { Signature = 77 } }, Values(("a", "new")));

        Assert.Equal(GuestStatus.NonceRefused, answer.Status);
        Assert.Equal("old", await d.ValueOf("db", "a"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_PUT_captured_before_a_second_registration_changes_nothing_after_it(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        var captured = await d.Contact("db");
        await d.Guest("db").Provide(captured, Values(("a", "old")));
        await d.Register(d.Config("db", ["a"]));
        if (restarted) await fixture.Restart(d.Instance("db"));

        // The new registration can have the same secret, so the signature can still be valid.
        var generation = (await d.Guest("db").GetCredential())!.Generation;
        await d.Guest("db").Provide(captured with { Generation = generation }, Values(("a", "old")));

        Assert.Equal("a", Assert.Single((await d.Report("db")).PendingProvided));
    }

    [Fact]
    public async Task A_PUT_captured_before_a_deletion_changes_nothing_once_the_instance_is_registered_again()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        var captured = await d.Contact("db");
        await d.Guest("db").Provide(captured, Values(("a", "old")));
        await d.Grain.Delete(d.Command());
        Assert.Equal(GuestStatus.NotRegistered, (await d.Guest("db").Provide(captured, Values(("a", "old")))).Status);
        await d.Register(d.Config("db", ["a"]));

        var generation = (await d.Guest("db").GetCredential())!.Generation;
        await d.Guest("db").Provide(captured with { Generation = generation }, Values(("a", "old")));

        Assert.Equal("a", Assert.Single((await d.Report("db")).PendingProvided));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_registration_is_acknowledged_and_changes_nothing(bool restarted)
    {
        var d = fixture.Deployment();
        var (first, second) = (d.Command(), d.Command());
        await d.Register(d.Config("db", ["a"]), first);
        await d.Register(d.Config("db", ["b"]), second);
        await d.Provide("db", "b", "1");
        if (restarted) await fixture.Restart(d.Instance("db"));

        Assert.Equal(ConductorOutcome.Done, (await d.Register(d.Config("db", ["a"]), first)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Register(d.Config("db", ["b"]), second)).Outcome);

        Assert.Equal("1", await d.ValueOf("db", "b"));
        Assert.Equal(2, (await d.Report("db")).Generation);
    }

    [Fact]
    public async Task A_registration_captured_before_a_deletion_registers_nothing_after_it()
    {
        var d = fixture.Deployment();
        var captured = d.Command();
        await d.Register(d.Config("db"), captured);
        await d.Grain.Delete(d.Command());

        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Register(d.Config("db"), captured)).Outcome);
        await fixture.Restart(d.Instance("db"));
        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Register(d.Config("db"), captured)).Outcome);
        Assert.Null(await d.Instance("db").GetReport());
    }

    [Fact]
    public async Task A_refused_registration_registers_nothing_when_it_is_repeated_later()
    {
        var (d, other) = (fixture.Deployment(), fixture.Deployment());
        await d.Register(d.Config("db"));
        var (elsewhere, strange) = (other.Command(), new ConductorCommand(Core.Ids.ConductorKey.Parse("stranger-" + d.Tag), Mark()));
        await other.Register(other.Config("x") with { Id = d.InstanceId("db") }, elsewhere);
        await d.Register(d.Config("db"), strange);
        await d.Grain.Delete(d.Command());

        Assert.Equal(ConductorOutcome.NonceRefused, (await other.Register(other.Config("x") with { Id = d.InstanceId("db") }, elsewhere)).Outcome);
        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Register(d.Config("db"), strange)).Outcome);
        Assert.Null(await d.Instance("db").GetReport());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_deletion_spares_what_was_registered_after_it(bool restarted)
    {
        var d = fixture.Deployment();
        var (early, refused, captured) = (d.Command(), new ConductorCommand(Core.Ids.ConductorKey.Parse("stranger-" + d.Tag), Mark()), d.Command());
        Assert.Equal(ConductorOutcome.NotFound, (await d.Grain.Delete(early)).Outcome);
        await d.Register(d.Config("db", ["a"]));
        Assert.Equal(ConductorOutcome.NotYours, (await d.Grain.Delete(refused)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Delete(captured)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Delete(captured)).Outcome);
        await d.Register(d.Config("db", ["a"]));
        if (restarted) await fixture.Restart(d.Grain);

        foreach (var command in new[] { early, refused, captured }) await d.Grain.Delete(command);

        Assert.NotNull(await d.Instance("db").GetReport());
        Assert.NotNull(await d.Grain.GetHeader());
    }

    [Fact]
    public async Task A_deletion_that_came_during_another_one_spares_what_is_registered_later()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        var captured = d.Command();
        using (var gate = fixture.Calls.Close("Delete", "db-" + d.Tag))
        {
            var first = d.Grain.Delete(d.Command());
            await gate.Arrived;
            var second = d.Grain.Delete(captured);
            gate.Open();
            await Task.WhenAll(first, second);
        }

        await d.Register(d.Config("db"));
        await d.Grain.Delete(captured);

        Assert.NotNull(await d.Instance("db").GetReport());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_upload_changes_nothing(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        var captured = d.Command();
        await d.Instance("db").ReplaceTarball(captured, [4]);
        await d.Instance("db").ReplaceTarball(d.Command(), [5]);
        if (restarted) await fixture.Restart(d.Instance("db"));

        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").ReplaceTarball(captured, [4])).Outcome);
        Assert.Equal([5], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_GET_starts_no_service(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        await d.Register(d.Config("web", [], Service("s", d.From("a", "db", "a"))));
        var captured = await d.Contact("web");
        Assert.False((await d.Guest("web").GetConfiguration(captured, "s")).Value!.IsComplete);
        await d.Provide("db", "a", "1");
        if (restarted) await fixture.Restart(d.Instance("web"));
        var before = await d.Report("web");

        Assert.True((await d.Guest("web").GetConfiguration(captured, "s")).Value!.IsComplete);

        var report = await d.Report("web");
        Assert.Null(report.Services.Single().Started);
        Assert.Equal(before.LastContact, report.LastContact);
    }

    [Fact]
    public async Task The_first_complete_GET_of_one_service_records_its_start_and_later_ones_do_not_change_it()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("web", [], Service("s", d.Given("a", "1")), Service("t")));
        await d.Get("web");
        Assert.Null((await d.Report("web")).Services[0].Started);
        await d.Get("web", "s");
        var started = (await d.Report("web")).Services[0].Started;
        Assert.NotNull(started);
        Assert.Null((await d.Report("web")).Services[1].Started);

        await d.Get("web", "s");
        await fixture.Restart(d.Instance("web"));
        Assert.Equal(started, (await d.Report("web")).Services[0].Started);
        Assert.Equal(CompletionStatus.Incomplete, (await d.Report("web")).Status);
    }
}
