using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Ids;
using Audrey.Core.Planning;

namespace Audrey.Cli.Plans;

/// <summary>
/// Finds the host directory of each instance in a plan directory. The plan records the hosts of the launch, and the file <c>.hosts</c>
/// records those of instances that came later. A directory that belongs to another instance, or to nobody known, is never used for an
/// instance, because it can hold a secret.
/// </summary>
internal sealed class HostDirectories
{
    private readonly PlanDirectory _directory;
    private readonly HashSet<string> _launched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _later = new(StringComparer.Ordinal);

    private readonly Lazy<HashSet<string>> _taken;

    private HostDirectories(PlanDirectory directory)
    {
        _directory = directory;
        _taken = new(() => new(directory.EntryNames().Union(All), StringComparer.Ordinal));
    }

    /// <summary>Reads the recorded hosts.</summary>
    /// <exception cref="CommandFailure">The plan cannot be read.</exception>
    public static HostDirectories Read(PlanDirectory directory)
    {
        var hosts = new HostDirectories(directory);
        foreach (var (uuid, host) in directory.ReadPlan(ReadHosts) ?? [])
        {
            hosts._hosts[uuid] = host;
            hosts._launched.Add(host);
        }

        foreach (var line in directory.StoredHosts)
            if (line.Split(' ', 2) is [var host, var uuid]) hosts._hosts[uuid] = hosts._later[uuid] = host;
        return hosts;
    }

    private static List<(string Uuid, string Host)> ReadHosts(string plan)
    {
        using var json = JsonDocument.Parse(plan);
        return
        [
            .. json.RootElement.GetProperty("instances").EnumerateArray()
                .Select(instance => (instance.GetProperty("uuid").GetString()!, instance.GetProperty("hostName").GetString()!)),
        ];
    }

    /// <summary>The host directories of the stored plan.</summary>
    public IReadOnlySet<string> Launched => _launched;

    /// <summary>The host directories of all recorded instances.</summary>
    public IEnumerable<string> All => _launched.Union(_hosts.Values);

    /// <summary>Returns the host name of an instance. A new instance gets a name that nothing in the plan directory has.</summary>
    public string HostNameOf(InstanceId instance, string label)
    {
        if (_hosts.TryGetValue(instance.Value, out var host)) return host;
        host = LaunchPlanner.HostNameOf(label, _taken.Value);
        _hosts[instance.Value] = _later[instance.Value] = host;
        _directory.AppendHost(host, instance.Value);
        return host;
    }

    /// <summary>Deletes the user data of instances that no longer exist. Other files in their directories are left.</summary>
    public void Remove(IEnumerable<InstanceId> instances)
    {
        var changed = false;
        foreach (var instance in instances)
        {
            if (_hosts.Remove(instance.Value, out var host)) _directory.DeleteUserData(host);
            changed |= _later.Remove(instance.Value);
        }

        if (changed) _directory.WriteHosts(_later.Select(later => (later.Value, later.Key)));
    }
}
