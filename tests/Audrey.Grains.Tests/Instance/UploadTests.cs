using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using Audrey.Protocol.Version3;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

/// <summary>An upload of executables and files for an instance that is registered.</summary>
[Collection(ClusterCollection.Name)]
public sealed class UploadTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_changes_the_revision_and_the_configuration_has_the_digest_that_hello_announces(bool hasFiles)
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("web", null, Service("http")), tarball: hasFiles ? [1, 2, 3] : []);
        var registered = await Poll(d);
        Assert.Null(Read(registered).TarballSha256);

        Assert.Equal(ConductorOutcome.Done, (await d.Instance("web").ReplaceTarball(d.Command(), [4])).Outcome);

        var uploaded = await Poll(d);
        Assert.NotEqual(registered.Revision, uploaded.Revision);
        Assert.Equal((await Hello(d)).TarballDigest, Read(uploaded).TarballSha256);
        await cluster.Restart(d.Instance("web"));
        Assert.Equal(uploaded.Revision, (await Poll(d)).Revision);
    }

    [Fact]
    public async Task An_upload_of_the_same_tarball_does_not_change_the_revision_again()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("web", null, Service("http")));
        await d.Instance("web").ReplaceTarball(d.Command(), [4]);
        var uploaded = await Poll(d);

        await d.Instance("web").ReplaceTarball(d.Command(), [4]);

        Assert.Equal(uploaded.Revision, (await Poll(d)).Revision);
    }

    [Fact]
    public async Task A_repeated_upload_leaves_the_digest_of_the_upload_that_followed_it()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("web", null, Service("http")));
        var first = d.Command();
        await d.Instance("web").ReplaceTarball(first, [4]);
        await d.Instance("web").ReplaceTarball(d.Command(), [5]);
        var second = await Poll(d);

        Assert.Equal(ConductorOutcome.Done, (await d.Instance("web").ReplaceTarball(first, [4])).Outcome);

        Assert.Equal(second.Revision, (await Poll(d)).Revision);
        Assert.Equal((await Hello(d)).TarballDigest, Read(second).TarballSha256);
    }

    [Fact]
    public async Task A_guest_that_has_applied_the_configuration_before_an_upload_is_out_of_date()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("web", null, Service("http")));
        var applied = new AppliedRevision(1, (await Poll(d)).Revision);
        await d.Guest("web").ReportApplied(await d.Contact("web", version: 3), applied);
        Assert.Null((await d.Report("web")).OutOfDateSince);

        await d.Instance("web").ReplaceTarball(d.Command(), [4]);

        Assert.NotNull((await d.Report("web")).OutOfDateSince);
    }

    private static Configuration Read(ConfigurationAnswer answer) =>
        System.Text.Json.JsonSerializer.Deserialize(answer.Body!, Version3Json.Default.Configuration)!;

    private static async Task<ConfigurationAnswer> Poll(Deployment d) =>
        (await d.Guest("web").Poll(await d.Contact("web", version: 3), null, isFromGuest: true, null)).Value!;

    private static async Task<HelloAnswer> Hello(Deployment d) => (await d.Guest("web").Hello(await d.Contact("web", version: 3))).Value!;
}
