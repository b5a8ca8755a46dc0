using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>All sources, in the order in which they are searched: first the sources on this machine, then the metadata services.</summary>
internal static class KnownSources
{
    /// <summary>The path at which cloud-init stores user data for this program.</summary>
    public const string StoredUserData = "/etc/audrey-instance-config/user-data";

    /// <summary>The names of the sources, in the order of the search.</summary>
    public static readonly string[] Names =
        ["file", "nocloud", "config-drive", CloudInitUserData.SourceName, "vsphere", "gce", "azure", "openstack", "ec2"];

    /// <summary>Creates the sources.</summary>
    /// <param name="root">The root of the file system. Tests use another folder.</param>
    /// <param name="metadata">Sends requests to the metadata service.</param>
    /// <param name="metadata6">Sends requests to the metadata service of EC2 in networks that have only IPv6. Null for none.</param>
    /// <param name="state">Holds the output of programs.</param>
    /// <param name="processes">Runs programs.</param>
    /// <param name="isReadable">Returns whether this program can read the user data.</param>
    public static IReadOnlyList<IUserDataSource> Create(
        string root,
        MetadataHttp metadata,
        MetadataHttp? metadata6,
        StateDirectory state,
        ChildProcesses processes,
        Func<byte[], bool> isReadable) =>
    [
        new UserDataFiles("file", Path.Combine(root, StoredUserData[1..])),
        new FirstUserData(
            new UserDataFiles(
                "nocloud",
                Path.Combine(root, "var/lib/cloud/seed/nocloud/user-data"),
                Path.Combine(root, "var/lib/cloud/seed/nocloud-net/user-data")),
            new DiskUserData("nocloud", Disks(root, "cidata", "CIDATA"), "user-data", state, processes)),
        new FirstUserData(
            new UserDataFiles(
                "config-drive",
                Path.Combine(root, "var/lib/cloud/seed/config_drive/openstack/latest/user_data"),
                Path.Combine(root, "mnt/config/openstack/latest/user_data"),
                Path.Combine(root, "media/configdrive/openstack/latest/user_data")),
            new DiskUserData("config-drive", Disks(root, "config-2", "CONFIG-2"), "openstack/latest/user_data", state, processes)),
        new CloudInitUserData(Path.Combine(root, "var/lib/cloud/instance"), isReadable),
        new VsphereUserData(Path.Combine(root, VsphereUserData.DefaultProgram.TrimStart('/')), state, processes),
        new GceUserData(metadata),
        new AzureUserData(metadata),
        new OpenStackUserData(metadata),
        metadata6 is null ? new Ec2UserData(metadata) : new FirstUserData(new Ec2UserData(metadata), new Ec2UserData(metadata6)),
    ];

    private static string[] Disks(string root, params string[] labels) =>
        [.. labels.Select(label => Path.Combine(root, "dev/disk/by-label", label))];
}
