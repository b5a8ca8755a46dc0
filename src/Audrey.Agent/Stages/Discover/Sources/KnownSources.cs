using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>All sources, in the order in which they are searched: first the sources on this machine, then the metadata services.</summary>
internal static class KnownSources
{
    /// <summary>The names of the sources, in the order of the search.</summary>
    public static readonly string[] Names =
        ["file", "nocloud", "config-drive", "cloud-init", "vsphere", "gce", "azure", "openstack", "ec2"];

    /// <summary>Creates the sources.</summary>
    /// <param name="root">The root of the file system. Tests use another folder.</param>
    /// <param name="metadata">Sends requests to the metadata service.</param>
    /// <param name="state">Holds the output of programs.</param>
    /// <param name="processes">Runs programs.</param>
    public static IReadOnlyList<IUserDataSource> Create(
        string root, MetadataHttp metadata, StateDirectory state, ChildProcesses processes) =>
    [
        new UserDataFiles("file", Path.Combine(root, "etc/audrey-instance-config/user-data")),
        new UserDataFiles(
            "nocloud",
            Path.Combine(root, "var/lib/cloud/seed/nocloud/user-data"),
            Path.Combine(root, "var/lib/cloud/seed/nocloud-net/user-data")),
        new UserDataFiles(
            "config-drive",
            Path.Combine(root, "var/lib/cloud/seed/config_drive/openstack/latest/user_data"),
            Path.Combine(root, "mnt/config/openstack/latest/user_data"),
            Path.Combine(root, "media/configdrive/openstack/latest/user_data")),
        new UserDataFiles("cloud-init", Path.Combine(root, "var/lib/cloud/instance/user-data.txt")),
        new VsphereUserData(Path.Combine(root, VsphereUserData.DefaultProgram.TrimStart('/')), state, processes),
        new GceUserData(metadata),
        new AzureUserData(metadata),
        new OpenStackUserData(metadata),
        new Ec2UserData(metadata),
    ];
}
