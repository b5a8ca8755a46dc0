using System.Text;
using Audrey.Agent.Commands;
using Audrey.Agent.Processes;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.UserData;
using Audrey.Agent.UserData.Sources;
using Audrey.Testing;

namespace Audrey.Agent.Tests.UserData.Sources;

public sealed class SourcesTests : IDisposable
{
    private readonly TempDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Ec2_is_asked_for_a_token_first()
    {
        await using var cloud = new FakeHttp(request => (request.Method, request.Path) switch
        {
            ("PUT", "/latest/api/token") when request.Headers["X-aws-ec2-metadata-token-ttl-seconds"] == "60" => FakeReply.Of(200, "a-token"),
            ("GET", "/latest/user-data") when request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token") == "a-token" => FakeReply.Of(200, "the data"),
            _ => FakeReply.Of(401, ""),
        });
        Assert.Equal("the data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task Clouds_that_copy_ec2_without_tokens_are_asked_without_one()
    {
        await using var cloud = new FakeHttp(request => request.Path == "/latest/user-data" && !request.Headers.ContainsKey("X-aws-ec2-metadata-token")
            ? FakeReply.Of(200, "old data")
            : FakeReply.Of(404, ""));
        Assert.Equal("old data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task OpenStack_gce_and_azure_are_asked_as_they_want_it()
    {
        await using var cloud = new FakeHttp(request => request switch
        {
            { Path: "/openstack/latest/user_data" } => FakeReply.Of(200, "of openstack"),
            { Path: "/computeMetadata/v1/instance/attributes/user-data" } when request.Headers["Metadata-Flavor"] == "Google" =>
                FakeReply.Of(200, "of gce", "Metadata-Flavor: Google\r\n"),
            { Path: "/metadata/instance/compute/userData", Query: "api-version=2021-01-01&format=text" } when request.Headers["Metadata"] == "true" =>
                FakeReply.Of(200, Convert.ToBase64String("of azure"u8)),
            _ => FakeReply.Of(404, ""),
        });
        Assert.Equal("of openstack", await Find(cloud, metadata => new OpenStackUserData(metadata)));
        Assert.Equal("of gce", await Find(cloud, metadata => new GceUserData(metadata)));
        Assert.Equal(Convert.ToBase64String("of azure"u8), await Find(cloud, metadata => new AzureUserData(metadata)));
    }

    [Fact]
    public async Task A_service_of_another_cloud_has_nothing()
    {
        await using var portal = new FakeHttp(_ => FakeReply.Of(200, "<html>Log in</html>"));
        Assert.Null(await Find(portal, metadata => new GceUserData(metadata)));
        await using var nothing = new FakeHttp(_ => FakeReply.Of(404, "no"));
        Assert.Null(await Find(nothing, metadata => new AzureUserData(metadata)));
        await using var broken = new FakeHttp(_ => new FakeReply([]) { Reset = true });
        Assert.Null(await Find(broken, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task Files_of_a_seed_and_of_a_config_drive_are_found()
    {
        await using var cloud = new FakeHttp(_ => FakeReply.Of(404, ""));
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        var sources = KnownSources.All(_root.Path, metadata, StateDirectory.Open(_root.File("state")), new ChildProcesses(TimeProvider.System));
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
    public async Task Vspheres_tools_are_asked_for_guestinfo()
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
    public async Task User_data_that_comes_later_is_waited_for_and_given_up_after_a_while()
    {
        var path = _root.File("late");
        var source = new UserDataFiles("late", path);
        using var guest = new Guest(new Uri("http://unused.invalid"));
        guest.OnPause = () =>
        {
            if (guest.Pauses.Count == 3) File.WriteAllText(path, "here");
        };
        var log = new List<string>();
        Assert.Equal("here", Encoding.UTF8.GetString(await new Discovery([source], new RunOptions(), guest.Time, guest, log.Add).FindAsync(default)));
        Assert.Equal(["User data found: late"], log);

        var never = new Discovery([new UserDataFiles("never", _root.File("never"))], new RunOptions(), guest.Time, guest, log.Add);
        var problem = await Assert.ThrowsAsync<AgentException>(() => never.FindAsync(default));
        Assert.Equal((ExitCode.UserData, "There is no user data: none of never has any."), (problem.Code, problem.Message));
    }

    private static async Task<string?> Find(FakeHttp cloud, Func<MetadataHttp, IUserDataSource> source)
    {
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        return await source(metadata).FindAsync(default) is { } data ? Encoding.UTF8.GetString(data) : null;
    }
}
