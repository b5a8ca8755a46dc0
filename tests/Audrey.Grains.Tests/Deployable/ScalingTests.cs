using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Deployable;
using Audrey.Grains.Instance;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

[Collection(ClusterCollection.Name)]
public sealed class ScalingTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("scaler-" + Guid.NewGuid());

    [Fact]
    public async Task After_scaling_up_a_group_provides_more_values_and_its_members_keep_their_values()
    {
        await Launch();
        await _d.Provide("lb", "vip", "10.9.9.9");
        await _d.Provide("web0", "ip", "10.0.0.1");
        await _d.Provide("web1", "ip", "10.0.0.2");
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2", await Ips("lb"));

        var answer = await Scale(4);

        Assert.Equal((ConductorOutcome.Done, 2, 0), (answer.Outcome, answer.Added.Length, answer.Removed.Length));
        Assert.Equal([2, 3], answer.Added.Select(member => member.Ordinal));
        Assert.Equal("Incomplete ips=", await Ips("lb"));
        Assert.Equal(1, (await _d.Report("lb")).Generation);
        Assert.Empty((await _d.Report("lb")).PendingProvided);
        await Give(answer.Added[1].Id, "10.0.0.4");
        await Give(answer.Added[0].Id, "10.0.0.3");

        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4", await Ips("lb"));
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4", await Ips("web0"));
        Assert.Equal(5, (await _d.Grain.GetReports(0)).Length);
        Assert.Equal((await _d.Guest("web0").GetCredential())!.Generation, (await Guest(answer.Added[0].Id).GetCredential())!.Generation);
        Assert.Equal(answer.Added[0].Secret, (await Guest(answer.Added[0].Id).GetCredential())!.Secret);
    }

    [Fact]
    public async Task An_added_member_is_a_copy_of_the_first_member_with_its_files_and_its_references_to_itself()
    {
        await Launch();
        var added = (await Scale(3)).Added[0];
        await Give(added.Id, "10.0.0.3");
        await _d.Provide("web0", "ip", "10.0.0.1");

        var (first, newcomer) = (await _d.Member("web0").GetConfig(_d.Id, 1), await Member(added.Id).GetConfig(_d.Id, 1));

        Assert.Equal((first!.Name, first.Deployable, 2), (newcomer!.Name, newcomer.Deployable, newcomer.Ordinal));
        Assert.Equal(first.ProvidedParameters.AsEnumerable(), newcomer.ProvidedParameters);
        Assert.NotEqual(first.Secret, newcomer.Secret);
        Assert.Equal(added.Id, newcomer.Services[0].Parameters.Single(parameter => parameter.Name == "own").Reference!.Provider);
        Assert.Equal((await Tarball(first.Id))!.Digest, (await Tarball(added.Id))!.Digest);

        await _d.Instance("web0").ReplaceTarballWithCopy(_d.Command(), [4, 5], [6, 7, 8]);
        var next = (await Tarball((await Scale(4)).Added[0].Id))!;
        Assert.Equal([4, 5], next.Bytes);
        Assert.Equal([6, 7, 8], next.InGzip().Bytes);

        await Scale(0);
        var again = (await Tarball((await Scale(3)).Added[0].Id))!;
        Assert.Equal((next.Digest, next.InGzip().Digest), (again.Digest, again.InGzip().Digest));
    }

    [Fact]
    public async Task Scaling_down_removes_the_highest_ordinals_and_the_remaining_members_complete_the_dependents()
    {
        await Launch(3);
        await _d.Register(_d.Config("watch", [], Service("s", _d.From("last", "web2", "ip"))));
        await _d.Provide("web0", "ip", "10.0.0.1");
        await _d.Provide("web2", "ip", "10.0.0.3");
        Assert.StartsWith("Complete", await _d.Read("watch"), StringComparison.Ordinal);
        Assert.Equal("Incomplete ips=", await Ips("lb"));

        var answer = await Scale(1);

        Assert.Equal([_d.InstanceId("web1"), _d.InstanceId("web2")], answer.Removed.AsEnumerable());
        Assert.Equal("Complete ips=10.0.0.1", await Ips("lb"));
        Assert.Null(await _d.Guest("web2").GetCredential());

        // An instance that refers to the removed member itself, not to the group, loses the value.
        Assert.StartsWith("Incomplete", await _d.Read("watch"), StringComparison.Ordinal);
        Assert.Equal("last ProviderUnknown", await _d.Waits("watch", "s"));
        Assert.Equal(["lb", "watch", "web"], (await _d.Grain.GetReports(0)).Select(report => report.Name).Order());

        await _d.Grain.Delete(_d.Command());
        foreach (var state in new[] { "members", "dependents", "deployables", "tarball" }) Assert.False(
            fixture.Storage.Has(state, _d.Tag), state);
    }

    [Fact]
    public async Task A_dependent_that_needs_some_members_of_a_group_is_complete_while_enough_members_provide_values()
    {
        await Launch(1, atLeast: 2);
        await _d.Provide("web0", "ip", "10.0.0.1");
        Assert.Equal("Incomplete ips=", await Ips("lb"));
        var added = (await Scale(4)).Added;

        await Give(added[2].Id, "10.0.0.4");
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.4", await Ips("lb"));
        await Give(added[0].Id, "10.0.0.2");
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2 10.0.0.4", await Ips("lb"));
        await Scale(3);
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2", await Ips("lb"));
        await Scale(1);
        Assert.Equal("Incomplete ips=", await Ips("lb"));
    }

    [Theory]
    [InlineData("deployable"), InlineData("members"), InlineData("dependents"), InlineData("definition"), InlineData("tarball"),
        InlineData("reported")]
    public async Task A_scaling_continues_with_the_same_instances_after_a_failed_write(string row)
    {
        var failures = 0;
        foreach (var fault in new[] { FailurePoint.BeforeWrite, FailurePoint.AfterWrite })
        {
            foreach (var count in new[] { 4, 2, 0 })
            {
                var d = fixture.Deployment("scaler-" + Guid.NewGuid());
                await Launch(3, d: d);
                for (var skip = 0; skip < 3; skip++)
                {
                    // The ids of new instances are random, so their keys do not contain the tag and their writes do not fail. The resumed
                    // scaling repeats their part of the work as well.
                    fixture.Storage.FailNext(row, d.Tag, fault);
                    var (failed, answer) = (0, default(ScaleAnswer));
                    while (answer is null)
                    {
                        try
                        {
                            answer = await d.Grain.Scale(new(d.Command(), "web", count + skip));
                        }
                        catch (Exception failure) when (TryAgain.After(failure) && failed++ < 3)
                        {
                            foreach (var name in new[] { "lb", "web0" }) await fixture.Restart(d.Instance(name));
                            await fixture.Restart(d.Grain);
                        }
                    }

                    failures += failed;
                    fixture.Storage.Heal();
                    var web = (await d.Grain.GetReports(0)).Where(report => report.Name == "web").ToList();
                    Assert.Equal(count + skip, web.Count);
                    var group = (await d.Member("lb").GetConfig(d.Id, 1))!.Services[0].Parameters[0].Group!;
                    Assert.Equal(web.Select(report => report.Id.Value).Order(), group.Members.Select(id => id.Value).Order());
                    Assert.Null((await d.Grain.GetHeader())!.Scaling);
                }
            }
        }

        Assert.NotEqual(0, failures);
    }

    [Fact]
    public async Task The_deletion_of_an_empty_group_leaves_nothing_of_its_prototype()
    {
        await Launch(2);
        Assert.Equal(2, (await Scale(0)).Removed.Length);
        Assert.Equal("Complete ips=", await Ips("lb"));
        Assert.Null(await _d.Guest("web0").GetCredential());
        Assert.NotNull(await Tarball(_d.InstanceId("web0")));
        Assert.Equal(["lb"], (await _d.Grain.GetReports(0)).Select(report => report.Name));

        await _d.Grain.Delete(_d.Command());

        Assert.Null(await _d.Member("web0").GetConfig(_d.Id, 1));
        foreach (var state in new[] { "members", "dependents", "deployables", "tarball" }) Assert.False(
            fixture.Storage.Has(state, _d.Tag), state);
    }

    [Fact]
    public async Task A_member_that_was_registered_beside_a_prototype_stays_and_the_prototype_ends()
    {
        await Launch();
        await Scale(0);
        var added = _d.Config("web9", ["ip"], Service("http")) with { Name = "web", Ordinal = 0 };
        Assert.Equal(ConductorOutcome.Done, (await _d.Register(added)).Outcome);

        var answer = await Scale(2);

        Assert.Equal((1, 0), (answer.Added.Length, answer.Removed.Length));
        Assert.NotNull(await _d.Guest("web9").GetCredential());
        Assert.Null(await _d.Member("web0").GetConfig(_d.Id, 1));
        Assert.Equal(2, (await Scale(0)).Removed.Length);
        Assert.Single((await Scale(1)).Added);
    }

    [Fact]
    public async Task The_id_of_a_prototype_is_in_use_for_everybody()
    {
        await Launch();
        await Scale(0);
        var other = fixture.Deployment("scaler-" + Guid.NewGuid());
        var (own, foreign) = (_d.Config("web0"), _d.Config("web0") with { Deployable = other.Id });
        var launch = new LaunchKey(other.Id, 1, "digest");

        Assert.Equal(ConductorOutcome.IdInUse, (await _d.Register(own)).Outcome);
        Assert.Equal(ConductorOutcome.IdInUse, (await other.Register(foreign)).Outcome);
        Assert.Equal(
            ConductorOutcome.IdInUse,
            (await _d.Member("web0").Launch(new(new(other.Command(), foreign, []), launch, 0))).Outcome);

        // The end of the other launch deletes its members, and this id is one of them.
        var tarball = (await Tarball(_d.InstanceId("web0")))!.Digest;
        await other.Grain.BeginLaunch(new() { Command = other.Command(), Name = "another", Digest = "digest", Instances = 1 });
        await other.Grain.JoinLaunch(launch, [_d.InstanceId("web0")]);
        Assert.Equal(ConductorOutcome.Done, (await other.Grain.AbandonLaunch(launch)).Outcome);

        var added = (await Scale(2)).Added;
        Assert.Equal(2, added.Length);
        Assert.Equal(tarball, (await Tarball(added[0].Id))!.Digest);
    }

    [Fact]
    public async Task A_prototype_is_not_registered_alone()
    {
        var answer = await _d.Register(_d.Config("web0") with { Secret = "", IsPrototype = true });

        Assert.Equal(ConductorOutcome.SourcesRefused, answer.Outcome);
        Assert.Null(await _d.Guest("web0").GetCredential());
    }

    [Fact]
    public void A_prototype_does_not_count_as_a_member()
    {
        var prototype = _d.Config("web0") with { Secret = "", IsPrototype = true };

        Assert.Equal(1, new RequestedScaling("web", 1).GrowthOf([prototype]));
        Assert.Equal(0, new RequestedScaling("web", 0, Leaving: ["web-0"]).CountIn([prototype]));
    }

    [Theory]
    [InlineData(1, "the name of a member is missing")]
    [InlineData(4097, "4097 members are named: at most 4096 can leave at once")]
    public async Task Names_of_leaving_members_are_bounded(int names, string problem)
    {
        await Launch();

        var answer = await _d.Grain.Scale(new(_d.Command(), "web", 0, Leaving: [.. Enumerable.Repeat("", names)]));

        Assert.Equal((ConductorOutcome.CountRefused, problem), (answer.Outcome, answer.Problems.Single()));
    }

    [Fact]
    public async Task Members_are_removed_by_label_or_UUID_and_a_repetition_removes_no_others()
    {
        await Launch(3);
        var request = new ScaleRequest(_d.Command(), "web", 0, Recall: true, Leaving: ["web-0", _d.InstanceId("web2").Value, "web-9"]);

        var removed = (await _d.Grain.Scale(request)).Removed;
        var repeated = await _d.Grain.Scale(request with { Command = _d.Command() });

        Assert.Equal([_d.InstanceId("web0"), _d.InstanceId("web2")], removed.AsEnumerable());
        Assert.Equal(removed.AsEnumerable(), repeated.Removed);
        await _d.Provide("web1", "ip", "10.0.0.2");
        Assert.Equal("Complete ips=10.0.0.2", await Ips("lb"));
        Assert.Equal([2, 3], (await Scale(3)).Added.Select(member => member.Ordinal));
    }

    [Fact]
    public async Task A_repeated_scaling_command_gets_the_same_answer_and_a_new_one_changes_nothing()
    {
        await Launch();
        var request = new ScaleRequest(_d.Command(), "web", 3);
        var answer = await _d.Grain.Scale(request);
        await fixture.Restart(_d.Grain);

        Assert.Equal(answer.Added[0], Assert.Single((await _d.Grain.Scale(request)).Added));
        var again = await Scale(3);
        Assert.Equal((ConductorOutcome.Done, 0, 0), (again.Outcome, again.Added.Length, again.Removed.Length));
        await Scale(2);
        Assert.Equal(ConductorOutcome.NonceRefused, (await _d.Grain.Scale(request)).Outcome);
    }

    [Fact]
    public async Task Scaling_to_the_current_size_returns_the_last_answer_again_while_the_group_is_unchanged()
    {
        await Launch();
        var added = (await Recall(3)).Added;
        await fixture.Restart(_d.Grain);
        Assert.Equal(added.ToArray(), (await Recall(3)).Added.ToArray());

        await Instance(added[0].Id).Replace(_d.Command(), "another secret");
        Assert.Equal("another secret", (await Recall(3)).Added[0].Secret);
        var removed = (await Recall(1)).Removed;
        Assert.NotEmpty(removed);
        Assert.Equal(removed.ToArray(), (await Recall(1)).Removed.ToArray());
        Assert.NotEqual(added[0].Id, (await Recall(3)).Added[0].Id);
    }

    [Fact]
    public async Task An_impossible_scaling_is_refused_with_its_reason()
    {
        Assert.Equal((ConductorOutcome.NotFound, $"there is no deployable {_d.Id}"), await Refused(2));
        await Launch();

        Assert.Equal((ConductorOutcome.NotFound, $"deployable {_d.Id} has no group 'lb'"), await Refused(2, "lb"));
        Assert.Equal((ConductorOutcome.CountRefused, "a group cannot have -1 instances: 0 to 4096 are allowed"), await Refused(-1));
        Assert.Equal((ConductorOutcome.CountRefused, "a group cannot have 4097 instances: 0 to 4096 are allowed"), await Refused(4097));
        var other = await _d.Grain.Scale(new(new(ConductorKey.Parse("other"), Mark()), "web", 3));
        Assert.Equal(ConductorOutcome.NotYours, other.Outcome);

        var launching = fixture.Deployment();
        await launching.Grain.BeginLaunch(new() { Command = launching.Command(), Name = "a deployable", Digest = "digest", Instances = 1 });
        Assert.Equal(ConductorOutcome.LaunchUnfinished, (await launching.Grain.Scale(new(launching.Command(), "web", 3))).Outcome);
    }

    [Fact]
    public async Task A_replaced_instance_has_another_secret_and_loses_its_values()
    {
        await Launch();
        await _d.Provide("web0", "ip", "10.0.0.1");
        await _d.Provide("web1", "ip", "10.0.0.2");
        var old = await _d.Contact("web1");
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.2", await Ips("lb"));

        var command = _d.Command();
        Assert.Equal(ConductorOutcome.Done, (await _d.Instance("web1").Replace(command, "another secret")).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Instance("web1").Replace(command, "a third one")).Outcome);

        Assert.Equal("Incomplete ips=", await Ips("lb"));
        Assert.Equal(GuestStatus.StaleCredential, (await _d.Guest("web1").Provide(old, Values(("ip", "10.0.0.2")))).Status);
        Assert.Equal("another secret", (await _d.Guest("web1").GetCredential())!.Secret);
        Assert.NotNull(await Tarball(_d.InstanceId("web1")));
        await _d.Provide("web1", "ip", "10.0.0.7");
        Assert.Equal("Complete ips=10.0.0.1 10.0.0.7", await Ips("lb"));
        Assert.Equal(2, (await _d.Report("web1")).Generation);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Instance("web1").Replace(new(ConductorKey.Parse("other"), Mark()), "x")).Outcome);
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Instance("nobody").Replace(_d.Command(), "x")).Outcome);
    }

    [Fact]
    public async Task A_group_that_refers_to_itself_cannot_be_scaled_to_a_size_with_too_many_references()
    {
        await Launch();
        var (outcome, problem) = await Refused(1500);
        Assert.Equal(ConductorOutcome.CountRefused, outcome);
        Assert.Contains("the instances have 2251500 references to groups", problem, StringComparison.Ordinal);
        Assert.Contains("Audrey:Limits:MaxGroupReferences", problem, StringComparison.Ordinal);
        Assert.Equal(ConductorOutcome.Done, (await Scale(3)).Outcome);
    }

    /// <summary>
    /// Launches a balancer that needs the addresses of a group. Each member of the group also needs the addresses of the group and its own
    /// address.
    /// </summary>
    private async Task Launch(int size = 2, int? atLeast = null, Deployment? d = null)
    {
        d ??= _d;
        string[] members = [.. Enumerable.Range(0, size).Select(i => $"web{i}")];
        var ips = d.Of("ips", members, "ip", atLeast: atLeast);
        ips = ips with { Group = ips.Group! with { Assembly = "web" } };
        await d.Register(d.Config("lb", ["vip"], Service("proxy", ips)));
        for (var i = 0; i < size; i++)
            await d.Register(d.Config(members[i], ["ip"],
                Service("http", ips, d.From("own", members[i], "ip") with { Default = [] })) with
            { Name = "web", Ordinal = i });
    }

    private Task<ScaleAnswer> Scale(int count) => _d.Grain.Scale(new(_d.Command(), "web", count));

    private async Task<(ConductorOutcome, string)> Refused(int count, string assembly = "web")
    {
        var answer = await _d.Grain.Scale(new(_d.Command(), assembly, count));
        return (answer.Outcome, answer.Problems.Single());
    }

    private IInstanceGrain Instance(InstanceId id) => fixture.Grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));

    private IGuestGrain Guest(InstanceId id) => fixture.Grains.GetGrain<IGuestGrain>(GrainKeys.Of(id));

    private IMemberGrain Member(InstanceId id) => fixture.Grains.GetGrain<IMemberGrain>(GrainKeys.Of(id));

    private async Task<Tarball?> Tarball(InstanceId id) => await fixture.Grains.GetGrain<ITarballGrain>(GrainKeys.Of(id)).Get();

    private async Task Give(InstanceId id, string ip)
    {
        var credential = await Guest(id).GetCredential();
        await Guest(id).Provide(new(credential!.Generation, 2, "192.0.2.1", Mark()), Values(("ip", ip)));
    }

    private async Task<string> Ips(string name)
    {
        var text = await _d.Read(name);
        var value = text.Split("|ips&")[1].Split('|')[0];
        return $"{text.Split(' ')[0]} ips={System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(value)).Replace('\n', ' ')}";
    }

    private Task<ScaleAnswer> Recall(int count) => _d.Grain.Scale(new(_d.Command(), "web", count, Recall: true));
}
