using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

/// <summary>The members of a deployable have labels, and compare themselves with what a conductor gives.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ComparisonTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("comparer-" + Guid.NewGuid());

    [Fact]
    public async Task Each_member_and_each_prototype_is_listed_once_with_its_label()
    {
        await Launch(Member("web", 0), Member("web", 1), _d.Config("db"), Prototype("idle"));

        var labels = await _d.Grain.GetLabels(0);

        Assert.Equal(
            ["db False", "idle True", "web-0 False", "web-1 False"],
            labels.Select(label => $"{label.Label} {label.IsPrototype}").Order(StringComparer.Ordinal));
        Assert.Empty(await _d.Grain.GetLabels(1));
        await _d.DeleteUntilDone();
        Assert.Empty(await _d.Grain.GetLabels(0));
    }

    [Fact]
    public async Task An_instance_that_was_registered_individually_has_its_UUID_as_its_label()
    {
        await _d.Register(_d.Config("db"));

        Assert.Equal(_d.InstanceId("db").Value, (await _d.Grain.GetLabels(0)).Single().Label);
    }

    [Fact]
    public async Task A_member_compares_its_configuration_and_its_files()
    {
        var web = Script("web", "true");
        await Launch(web);

        Assert.Empty((await Compare("web", web))!.Found);
        var found = Assert.Single((await Compare("web", Script("web", "false")))!.Found);
        Assert.Equal(("service s: executable", "4 bytes, SHA-256 b5bea41b6c62"), (found.Part, found.Registered!.Text));
    }

    [Fact]
    public async Task A_member_compares_the_files_that_were_uploaded_last()
    {
        await Launch(Script("web", "true"));
        await _d.Instance("web").ReplaceTarball(_d.Command(), Tarball(Script("web", "false")));

        Assert.Empty((await Compare("web", Script("web", "false")))!.Found);
    }

    [Fact]
    public async Task A_prototype_compares_its_definition_and_its_files()
    {
        var idle = Script("idle", "true") with { IsPrototype = true, Secret = "" };
        await Launch(_d.Config("db"), idle);

        Assert.Empty((await Compare("idle", idle))!.Found);
        Assert.Equal("type", Assert.Single((await Compare("idle", idle with { Type = "t" }))!.Found).Part);
    }

    [Fact]
    public async Task Files_in_a_tarball_that_is_unreadable_are_counted()
    {
        await _d.Register(_d.Config("web", null, Service("s")), [1, 2, 3]);

        var found = await Compare("web", Script("web", "true"));

        Assert.Equal((0, 1), (found!.Found.Length, found.NotCompared));
    }

    [Fact]
    public async Task An_instance_of_another_incarnation_or_deployable_is_not_compared()
    {
        await Launch(_d.Config("web"));
        var incarnation = (await _d.Grain.GetHeader())!.Incarnation;

        Assert.NotNull(await _d.Member("web").Compare(_d.Config("web"), incarnation));
        Assert.Null(await _d.Member("web").Compare(_d.Config("web"), incarnation + 1));
        Assert.Null(await _d.Member("web").Compare(_d.Config("web") with { Deployable = DeployableId.Parse("other") }, incarnation));
        await _d.DeleteUntilDone();
        Assert.Null(await _d.Member("web").Compare(_d.Config("web"), incarnation));
    }

    private async Task<InstanceDifferences?> Compare(string name, InstanceConfig given) =>
        await _d.Member(name).Compare(given, (await _d.Grain.GetHeader())!.Incarnation);

    private async Task Launch(params InstanceConfig[] instances)
    {
        var begun = await _d.Grain.BeginLaunch(new()
        {
            Command = _d.Command(),
            Name = "a deployable",
            Digest = "digest",
            Instances = instances.Count(instance => !instance.IsPrototype),
        });
        var key = new LaunchKey(_d.Id, begun.Incarnation, "digest");
        await fixture.Grains.GetGrain<IRegistrarGrain>(0)
            .Launch(new() { Conductor = _d.Conductor, Launch = key, Instances = [.. instances], MayBeThere = false });
        await _d.Grain.SealLaunch(key);
    }

    private InstanceConfig Member(string assembly, int ordinal) =>
        _d.Config($"{assembly}-{ordinal}") with { Name = assembly, Ordinal = ordinal };

    private InstanceConfig Prototype(string name) => _d.Config(name) with { IsPrototype = true, Secret = "" };

    private InstanceConfig Script(string name, string script) =>
        _d.Config(name, null, Service("s") with { Executable = new() { Contents = script } });

    private static byte[] Tarball(InstanceConfig config) =>
        TarballBuilder.Build(config, new Dictionary<string, byte[]>(), DateTimeOffset.UnixEpoch, new DocumentLimits()).Bytes!;
}
