using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Stages.Discover.Sources;

public sealed class SourcesTests : IDisposable
{
    private readonly TempDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task EC2_is_asked_for_a_token_first()
    {
        await using var cloud = new FakeHttp(request => (request.Method, request.Path) switch
        {
            ("PUT", "/latest/api/token") when request.Headers["X-aws-ec2-metadata-token-ttl-seconds"] == "60" => FakeReply.Create(200, "a-token"),
            ("GET", "/latest/user-data") when request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token") == "a-token" => FakeReply.Create(200, "the data"),
            _ => FakeReply.Create(401, ""),
        });
        Assert.Equal("the data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task Clouds_that_copy_EC2_without_tokens_are_asked_without_a_token()
    {
        await using var cloud = new FakeHttp(request => request.Path == "/latest/user-data" && !request.Headers.ContainsKey("X-aws-ec2-metadata-token")
            ? FakeReply.Create(200, "old data")
            : FakeReply.Create(404, ""));
        Assert.Equal("old data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task OpenStack_GCE_and_Azure_are_asked_with_their_paths_and_headers()
    {
        await using var cloud = new FakeHttp(request => request switch
        {
            { Path: "/openstack/latest/user_data" } => FakeReply.Create(200, "of openstack"),
            { Path: "/computeMetadata/v1/instance/attributes/user-data" } when request.Headers["Metadata-Flavor"] == "Google" =>
                FakeReply.Create(200, "of gce", "Metadata-Flavor: Google\r\n"),
            { Path: "/metadata/instance/compute/userData", Query: "api-version=2021-01-01&format=text" } when request.Headers["Metadata"] == "true" =>
                FakeReply.Create(200, Convert.ToBase64String("of azure"u8)),
            _ => FakeReply.Create(404, ""),
        });
        Assert.Equal("of openstack", await Find(cloud, metadata => new OpenStackUserData(metadata)));
        Assert.Equal("of gce", await Find(cloud, metadata => new GceUserData(metadata)));
        Assert.Equal(Convert.ToBase64String("of azure"u8), await Find(cloud, metadata => new AzureUserData(metadata)));
    }

    [Fact]
    public async Task The_metadata_service_of_another_cloud_has_no_user_data()
    {
        await using var portal = new FakeHttp(_ => FakeReply.Create(200, "<html>Log in</html>"));
        Assert.Null(await Find(portal, metadata => new GceUserData(metadata)));
        await using var nothing = new FakeHttp(_ => FakeReply.Create(404, "no"));
        Assert.Null(await Find(nothing, metadata => new AzureUserData(metadata)));
        await using var broken = new FakeHttp(_ => new FakeReply([]) { Reset = true });
        Assert.Null(await Find(broken, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task The_files_of_a_seed_and_of_a_config_drive_are_found()
    {
        await using var cloud = new FakeHttp(_ => FakeReply.Create(404, ""));
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        var sources = KnownSources.Create(
            _root.Path, metadata, StateDirectory.Open(_root.File("state")), new ChildProcesses(TimeProvider.System));
        Assert.Equal(KnownSources.Names, sources.Select(source => source.Name));
        foreach (var (name, path) in new[]
        {
            ("file", "etc/audrey-instance-config/user-data"),
            ("nocloud", "var/lib/cloud/seed/nocloud-net/user-data"),
            ("config-drive", "mnt/config/openstack/latest/user_data"),
            ("cloud-init", "var/lib/cloud/instance/user-data.txt"),
        })
        {
            var source = sources.Single(source => source.Name == name);
            Assert.Null(await source.FindAsync(default));
            Directory.CreateDirectory(Path.GetDirectoryName(_root.File(path))!);
            await File.WriteAllTextAsync(_root.File(path), name);
            Assert.Equal(name, Encoding.UTF8.GetString((await source.FindAsync(default))!));
        }
    }

    [Fact]
    public async Task The_tools_of_vSphere_are_asked_for_guestinfo()
    {
        var tools = _root.File("vmtoolsd");
        await File.WriteAllTextAsync(tools, "#!/bin/sh\n[ \"$1 $2\" = \"--cmd info-get guestinfo.userdata\" ] && printf 'of vsphere'\n");
        File.SetUnixFileMode(tools, (UnixFileMode)0b111_000_000);
        var state = StateDirectory.Open(_root.File("state"));
        var processes = new ChildProcesses(TimeProvider.System);
        Assert.Equal("of vsphere", Encoding.UTF8.GetString((await new VsphereUserData(tools, state, processes).FindAsync(default))!));
        Assert.Null(await new VsphereUserData(_root.File("not there"), state, processes).FindAsync(default));
    }

    [Fact]
    public async Task The_search_for_user_data_goes_on_until_its_time_limit()
    {
        var path = _root.File("late");
        var source = new UserDataFiles("late", path);
        using var guest = new Guest();
        guest.OnPause = () =>
        {
            if (guest.Pauses.Count == 3) File.WriteAllText(path, "here");
        };
        var context = guest.CreateContext(StateDirectory.Open(_root.File("state")), new RunOptions());
        var discover = new DiscoverStage(context, new ChildProcesses(TimeProvider.System));
        Assert.Equal("here", Encoding.UTF8.GetString(await discover.SearchAsync([source], default)));
        Assert.Equal(["User data found: late"], guest.Log);

        IUserDataSource never = new UserDataFiles("never", _root.File("never"));
        var problem = await Assert.ThrowsAsync<AgentException>(() => discover.SearchAsync([never], default));
        Assert.Equal(AgentExitCode.UserData, problem.Code);
        Assert.Equal("There is no user data. These sources were searched: never.", problem.Message);
    }

    private static async Task<string?> Find(FakeHttp cloud, Func<MetadataHttp, IUserDataSource> source)
    {
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        return await source(metadata).FindAsync(default) is { } data ? Encoding.UTF8.GetString(data) : null;
    }
}
