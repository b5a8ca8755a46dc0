using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.UserData.Sources;

/// <summary>Every source, in the order in which they are tried: first what is on this machine, then what has to be asked for.</summary>
internal static class KnownSources
{
    /// <summary>Their names, in that order.</summary>
    public static readonly string[] Names = ["file", "nocloud", "config-drive", "cloud-init", "vsphere", "gce", "azure", "openstack", "ec2"];

    /// <summary>All of them.</summary>
    /// <param name="root">The file system's root; another one in tests.</param>
    /// <param name="metadata">Asks the metadata service.</param>
    /// <param name="state">For the output of programs.</param>
    /// <param name="processes">Runs them.</param>
    public static IReadOnlyList<IUserDataSource> All(string root, MetadataHttp metadata, StateDirectory state, ChildProcesses processes) =>
    [
        new UserDataFiles("file", Path.Combine(root, "etc/audrey-instance-config/user-data")),
        new UserDataFiles(
            "nocloud", Path.Combine(root, "var/lib/cloud/seed/nocloud/user-data"), Path.Combine(root, "var/lib/cloud/seed/nocloud-net/user-data")),
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
