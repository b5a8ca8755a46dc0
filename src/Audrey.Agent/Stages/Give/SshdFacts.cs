using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts.Sshd;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The ports of sshd. A port is given only while sshd listens on the ports that its configuration says. Otherwise a dependent could connect
/// to a port that sshd is about to leave, or has not opened yet.
/// </summary>
internal sealed class SshdFacts(SshdPorts ports, IAgentLog log) : IFactSource
{
    private readonly OnceLog _log = new(log);

    public static IReadOnlyList<string> Names { get; } = [SysconfigReader.Port, SysconfigReader.Ports];

    public bool Owns(string name) => Names.Contains(name);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (!names.Any(Owns)) return found;
        var (configured, observed) = await ports.ReadAsync(cancellationToken);
        var isEqual = JsonNode.DeepEquals(configured.Value, observed.Value);
        foreach (var name in names.Where(Owns))
        {
            var value = name == SysconfigReader.Port ? SshdPorts.FindOnly(configured) : configured;
            if (isEqual && value.ToText() is { } text) found[name] = Encoding.UTF8.GetBytes(text);
            else _log.Write($"{name} is not given. Its reason: audrey-instance-config facts --verify {name}");
        }

        return found;
    }
}
