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
    public async Task On_EC2_the_guest_first_requests_a_token()
    {
        await using var cloud = new FakeHttp(request => (request.Method, request.Path) switch
        {
            ("PUT", "/latest/api/token") when request.Headers["X-aws-ec2-metadata-token-ttl-seconds"] == "60" =>
                FakeReply.Create(200, "a-token"),
            ("GET", "/latest/user-data") when request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token") == "a-token" =>
                FakeReply.Create(200, "the data"),
            _ => FakeReply.Create(401, ""),
        });
        Assert.Equal("the data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task On_clouds_that_copy_EC2_without_tokens_the_guest_sends_no_token()
    {
        await using var cloud =
            new FakeHttp(request => request.Path == "/latest/user-data" && !request.Headers.ContainsKey("X-aws-ec2-metadata-token")
            ? FakeReply.Create(200, "old data")
            : FakeReply.Create(404, ""));
        Assert.Equal("old data", await Find(cloud, metadata => new Ec2UserData(metadata)));
    }

    [Fact]
    public async Task On_OpenStack_GCE_and_Azure_the_guest_uses_the_paths_and_headers_of_the_cloud()
    {
        await using var cloud = new FakeHttp(request => request switch
        {
            { Path: "/openstack/latest/user_data" } => FakeReply.Create(200, "of openstack"),
            { Path: "/computeMetadata/v1/instance/attributes/user-data" } when request.Headers["Metadata-Flavor"] == "Google" =>
                FakeReply.Create(200, "of gce", "Metadata-Flavor: Google\r\n"),
            {
                Path: "/metadata/instance/compute/userData",
                Query: "api-version=2021-01-01&format=text"
            } when request.Headers["Metadata"] == "true" =>
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
            _root.Path, metadata, null, StateDirectory.Open(_root.File("state")), new ChildProcesses(TimeProvider.System), _ => true);
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

    /// <summary>cloud-init fills in the template, and writes the cloud-config that results.</summary>
    [Theory]
    [InlineData("audrey-instance-config: '1|http://{{ v1.local_hostname }}|one|s'", "audrey-instance-config: 1|http://web|two|s", "two")]
    [InlineData("audrey-instance-config: 1|http://{{ v1.local_hostname }}|one|s", "users: []", null)]
    [InlineData("audrey-instance-config: 1|http://web|one|s", "audrey-instance-config: 1|http://web|two|s", "one")]
    public async Task User_data_that_only_cloud_init_can_read_is_taken_from_what_cloud_init_made_of_it(
        string section, string made, string? instance)
    {
        Directory.CreateDirectory(_root.File("instance"));
        await File.WriteAllTextAsync(_root.File("instance/user-data.txt"), $"## template: jinja\n#cloud-config\n{section}\n");
        await File.WriteAllTextAsync(
            _root.File("instance/cloud-config.txt"), $"#cloud-config\n\n# from 1 files\n# part-001\n\n---\n{made}\n...\n");

        var data = await new CloudInitUserData(_root.File("instance"), Instructions.CanRead).FindAsync(default);

        if (instance is not null) Assert.Equal(instance, Instructions.Read(data!).Server!.Id);
        else Assert.Contains(
            "only cloud-init", Assert.Throws<AgentException>(() => Instructions.Read(data!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_vSphere_the_guest_reads_guestinfo_with_the_vSphere_tools()
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
    public async Task The_search_for_user_data_continues_until_its_time_limit()
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

    [Theory]
    [InlineData(403, "ec2 (PUT /latest/api/token answered 403, so the metadata service refuses this machine)")]
    [InlineData(500, "ec2 (PUT /latest/api/token answered 500)")]
    [InlineData(404, "ec2.")]
    public async Task The_reason_why_there_is_no_user_data_is_in_status_and_message(int status, string reason)
    {
        await using var cloud = new FakeHttp(_ => FakeReply.Create(status, "no"));
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);

        Assert.Contains(reason, await SearchAsync(new Ec2UserData(metadata)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metadata_service_that_does_not_answer_is_named_with_the_reason()
    {
        await using var cloud = new FakeHttp(_ => new FakeReply([]) { Hang = true });
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        var reason = await SearchAsync(new OpenStackUserData(metadata));
        Assert.Contains("was not answered in time; a firewall, or a hop limit of 1", reason, StringComparison.Ordinal);

    }

    [Fact]
    public async Task A_metadata_service_that_refuses_the_connection_is_named_with_the_reason()
    {
        Uri closed;
        await using (var cloud = new FakeHttp(_ => new FakeReply([]))) closed = cloud.Endpoint;
        using var nobody = new MetadataHttp(closed, TimeProvider.System);

        Assert.Contains("cannot be reached: Connection refused", await SearchAsync(new AzureUserData(nobody)), StringComparison.Ordinal);
    }

    /// <summary>The disk is a file system in a file. The test mounts it in a mount namespace of its own.</summary>
    [Fact]
    [Trait("Runs", "program")]
    public async Task A_disk_with_the_label_of_NoCloud_is_mounted_read_and_unmounted()
    {
        var script = $"set -e; cd {_root.Path}; mkdir -p seed dev; "
            + "printf 'audrey: 1\\nservices: [ { name: s, executable: \"#!/bin/sh\" } ]' >seed/user-data; "
            + "truncate -s 4M disk; mke2fs -q -t ext4 -L cidata -d seed disk; "
            + "mkdir -p /dev/disk/by-label; mount -t tmpfs tmpfs /dev/disk; mkdir /dev/disk/by-label; "
            + $"d=$(losetup -f --show disk); trap \"losetup -d $d\" EXIT; ln -s $d /dev/disk/by-label/cidata; "
            + $"{AgentProgram.Command} run --once --source nocloud --state {_root.File("state")}; "
            + $"! grep -q {_root.Path} /proc/self/mountinfo";

        var (code, log) = await AgentProgram.RunAsync($"unshare -m --propagation private /bin/sh -c '{script.Replace("'", "'\\''")}'");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Contains("User data found: nocloud", log, StringComparison.Ordinal);
    }

    private async Task<string> SearchAsync(IUserDataSource source)
    {
        using var guest = new Guest();
        var context = guest.CreateContext(StateDirectory.Open(_root.File("state")), new RunOptions { Once = true });
        var problem = await Assert.ThrowsAsync<AgentException>(
            () => new DiscoverStage(context, new ChildProcesses(TimeProvider.System)).SearchAsync([source], default));
        return problem.Message;
    }

    private static async Task<string?> Find(FakeHttp cloud, Func<MetadataHttp, IUserDataSource> source)
    {
        using var metadata = new MetadataHttp(cloud.Endpoint, TimeProvider.System);
        return await source(metadata).FindAsync(default) is { } data ? Encoding.UTF8.GetString(data) : null;
    }
}
