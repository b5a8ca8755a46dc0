using System.Security.Cryptography;
using System.Text;

namespace Audrey.Agent.State;

/// <summary>
/// Identifies the machine that a state directory belongs to. A captured image carries the state of the machine that it was made from.
/// Another machine must not take this state for its own.
/// </summary>
/// <param name="Machine">A digest of systemd's machine id. Null if the machine has none yet.</param>
/// <param name="Instance">A digest of the cloud's instance id, which cloud-init finds. Null if it is not known (yet).</param>
internal sealed record MachineIdentity(string? Machine, string? Instance)
{
    /// <summary>Reads the identity of this machine.</summary>
    /// <param name="root">The root of the file system. Tests use another folder.</param>
    public static MachineIdentity Read(string root = "/") => new(
        Digest(Path.Combine(root, "etc/machine-id")),
        Digest(Path.Combine(root, "var/lib/cloud/data/instance-id")) ?? Digest(Path.Combine(root, "run/cloud-init/.instance-id")));

    /// <summary>
    /// Returns whether the two identities certainly belong to different machines. An id that is not known proves nothing.
    /// </summary>
    public bool IsOther(MachineIdentity? recorded) => recorded is not null
        && (Differ(Machine, recorded.Machine) || Differ(Instance, recorded.Instance));

    /// <summary>Returns this identity, with the recorded ids in place of ids that are not known now.</summary>
    public MachineIdentity With(MachineIdentity? recorded) => new(Machine ?? recorded?.Machine, Instance ?? recorded?.Instance);

    private static bool Differ(string? one, string? other) => one is not null && other is not null && one != other;

    private static string? Digest(string path)
    {
        try
        {
            // In an image the file is empty, or it contains this word until the first boot.
            var id = File.ReadAllText(path).Trim();
            return id is "" or "uninitialized" ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("audrey " + id)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
