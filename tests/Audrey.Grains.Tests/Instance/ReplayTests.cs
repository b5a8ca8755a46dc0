using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
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
    public async Task A_nonce_that_was_already_used_with_another_signature_is_refused(bool restarted)
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
    public async Task A_PUT_that_was_captured_before_a_second_registration_changes_nothing_afterwards(bool restarted)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["a"]));
        var captured = await d.Contact("db");
        await d.Guest("db").Provide(captured, Values(("a", "old")));
        await d.Register(d.Config("db", ["a"]));
        if (restarted) await fixture.Restart(d.Instance("db"));

        // The new registration can have the same secret as the old one. Then the captured signature is still valid.
        var generation = (await d.Guest("db").GetCredential())!.Generation;
        await d.Guest("db").Provide(captured with { Generation = generation }, Values(("a", "old")));

        Assert.Equal("a", Assert.Single((await d.Report("db")).PendingProvided));
    }

    [Fact]
    public async Task A_PUT_that_was_captured_before_a_deletion_changes_nothing_once_the_instance_is_registered_again()
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
    public async Task A_registration_that_was_captured_before_a_deletion_registers_nothing_afterwards()
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
        var elsewhere = other.Command();
        await other.Register(other.Config("x") with { Id = d.InstanceId("db") }, elsewhere);
        await d.Grain.Delete(d.Command());

        Assert.Equal(ConductorOutcome.NonceRefused,
            (await other.Register(other.Config("x") with { Id = d.InstanceId("db") }, elsewhere)).Outcome);
        Assert.Null(await d.Instance("db").GetReport());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_registration_whose_files_could_not_be_fetched_registers_nothing_when_it_is_repeated_later(bool restarted)
    {
        var d = fixture.Deployment();
        var service = Service("s") with { Executable = new SourceFile { FileName = "start", Url = "http://127.0.0.1:1/start" } };
        var captured = d.Command();
        var registrar = fixture.Grains.GetGrain<IRegistrarGrain>(0);
        Assert.Equal(ConductorOutcome.SourcesRefused, (await registrar.Register(captured, d.Config("db", [], service))).Outcome);
        if (restarted) await fixture.Restart(d.Instance("db"));

        // The same request is sent again, when its files can be fetched.
        Assert.Equal(ConductorOutcome.NonceRefused, (await registrar.Register(captured, d.Config("db"))).Outcome);
        Assert.Null(await d.Instance("db").GetReport());
        Assert.Equal(ConductorOutcome.Done, (await registrar.Register(d.Command(), d.Config("db"))).Outcome);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_command_that_was_refused_before_it_reached_its_grain_is_not_carried_out_later(bool restarted)
    {
        var d = fixture.Deployment();
        var (registration, upload, deletion) = (d.Command(), d.Command(), d.Command());
        await d.Instance("db").Refuse(registration);
        await d.Instance("db").Refuse(upload);
        await d.Grain.Refuse(deletion);
        if (restarted) await Task.WhenAll(fixture.Restart(d.Instance("db")), fixture.Restart(d.Grain));

        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Register(d.Config("db"), registration)).Outcome);
        await d.Register(d.Config("db"));
        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Instance("db").ReplaceTarball(upload, [4])).Outcome);
        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Grain.Delete(deletion)).Outcome);
        Assert.Equal([1, 2, 3], (await d.Guest("db").GetTarball(await d.Contact("db"))).Value!.Bytes);
    }

    [Fact]
    public async Task An_upload_for_an_unknown_instance_does_nothing_when_it_is_repeated_after_the_registration()
    {
        var d = fixture.Deployment();
        var captured = d.Command();
        Assert.Equal(ConductorOutcome.NotFound, (await d.Instance("db").ReplaceTarball(captured, [4])).Outcome);
        await d.Register(d.Config("db"));
        Assert.Equal(ConductorOutcome.NonceRefused, (await d.Instance("db").ReplaceTarball(captured, [4])).Outcome);
    }

    [Fact]
    public async Task A_command_that_was_carried_out_is_acknowledged_when_its_refusal_is_recorded_later()
    {
        var d = fixture.Deployment();
        var (registration, upload, deletion) = (d.Command(), d.Command(), d.Command());
        await d.Register(d.Config("db"), registration);
        await d.Instance("db").ReplaceTarball(upload, [4]);
        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").Refuse(registration)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").Refuse(upload)).Outcome);
        await d.Grain.Delete(deletion);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Refuse(deletion)).Outcome);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_commands_of_another_conductor_do_not_lock_out_the_owner(bool isRegistered)
    {
        var (d, stranger) = (fixture.Deployment(), ConductorKey.Parse("stranger"));
        if (isRegistered) await d.Register(d.Config("db"));
        for (var i = 0; i < 40; i++)
        {
            var command = new ConductorCommand(stranger, Mark(long.MaxValue - i));
            await d.Instance("db").Refuse(command);
            await d.Instance("db").ReplaceTarball(command, [9]);
            await d.Grain.Delete(command);
            if (isRegistered) await d.Register(d.Config("db"), command);
        }

        Assert.Equal(ConductorOutcome.Done, (await d.Register(d.Config("db"))).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Instance("db").ReplaceTarball(d.Command(), [4])).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Delete(d.Command())).Outcome);
    }

    [Fact]
    public async Task No_command_of_a_conductor_that_may_not_act_is_stored()
    {
        var (d, stranger) = (fixture.Deployment(), ConductorKey.Parse("stranger"));
        await d.Register(d.Config("db"));
        var writes = fixture.Storage.Writes(d.Tag);
        for (var i = 0; i < 40; i++)
        {
            var command = new ConductorCommand(stranger, Mark());
            Assert.Equal(ConductorOutcome.NotYours, (await d.Register(d.Config("db"), command)).Outcome);
            Assert.Equal(ConductorOutcome.NotYours, (await d.Instance("db").Refuse(command)).Outcome);
            Assert.Equal(ConductorOutcome.NotYours, (await d.Instance("db").ReplaceTarball(command, [9])).Outcome);
            Assert.Equal(ConductorOutcome.NotYours, (await d.Grain.Delete(command)).Outcome);
            Assert.Equal(ConductorOutcome.NotYours, (await d.Grain.Refuse(command)).Outcome);
        }

        Assert.Equal(writes, fixture.Storage.Writes(d.Tag));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_deletion_does_not_delete_later_registrations(bool restarted)
    {
        var d = fixture.Deployment();
        var (early, refused, captured) = (d.Command(), new ConductorCommand(ConductorKey.Parse("stranger-" + d.Tag), Mark()), d.Command());
        Assert.Equal(ConductorOutcome.NotFound, (await d.Grain.Delete(early)).Outcome);
        await d.Register(d.Config("db", ["a"]));
        Assert.Equal(ConductorOutcome.NotYours, (await d.Grain.Delete(refused)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Delete(captured)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.Delete(captured)).Outcome);
        await d.Register(d.Config("db", ["a"]));
        if (restarted) await fixture.Restart(d.Grain);

        // The command of the stranger is not stored. It is refused because the stranger does not own the deployable.
        foreach (var command in new[] { early, refused, captured }) await d.Grain.Delete(command);

        Assert.NotNull(await d.Instance("db").GetReport());
        Assert.NotNull(await d.Grain.GetHeader());
    }

    [Fact]
    public async Task A_deletion_during_another_deletion_does_not_delete_later_registrations()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        var captured = d.Command();
        using (var barrier = fixture.Calls.Close("Delete", "db-" + d.Tag))
        {
            var first = d.Grain.Delete(d.Command());
            await barrier.Arrived;
            var second = d.Grain.Delete(captured);
            barrier.Open();
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
    public async Task A_replayed_GET_records_no_start_of_a_service(bool restarted)
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
    public async Task Only_the_first_complete_GET_of_a_service_records_its_start()
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
