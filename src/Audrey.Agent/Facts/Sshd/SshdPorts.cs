using System.Text.Json.Nodes;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>Reads the configured and the observed ports of sshd.</summary>
internal sealed class SshdPorts(FactPrograms programs)
{
    /// <summary>Returns a reading of the list of configured ports and one of the list of observed ports.</summary>
    public async Task<(Reading Configured, Reading Observed)> ReadAsync(CancellationToken cancellationToken)
    {
        SshdStart? start = null;
        var configured = await TryAsync(async () =>
        {
            start = SshdStart.Read();
            var ports = await new SshdConfiguration(programs).ReadPortsAsync(start, cancellationToken);
            return ports.Count > 0 ? Reading.Of(ToArray(ports), start.Origin) : Reading.None($"{start.Origin} has no TCP port");
        });
        var observed = await TryAsync(() => Task.FromResult(Observe(start?.Sockets)));
        return (configured, observed);
    }

    /// <summary>Returns the reading of the only port of a list.</summary>
    public static Reading FindOnly(Reading ports) => ports.Value switch
    {
        JsonArray { Count: 1 } list => Reading.Of(list[0]!.DeepClone(), ports.Origin),
        null => ports,
        _ => Reading.Unknown($"sshd has several ports: {ports.ToText()}; see sshd-ports"),
    };

    private static Reading Observe(IReadOnlyList<int>? socketUnit)
    {
        var listeners = SshdListeners.Find(socketUnit);
        return listeners.Count == 0
            ? Reading.None("no process of sshd listens")
            : Reading.Of(
                ToArray(SshdConfiguration.Normalize(listeners.Select(listener => listener.Port))),
                string.Join(", ", listeners.Select(listener => listener.Owner)));
    }

    private static JsonArray ToArray(IEnumerable<int> ports) => new([.. ports.Select(port => (JsonNode)port)]);

    private static async Task<Reading> TryAsync(Func<Task<Reading>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception failure) when (failure is FactException or IOException or UnauthorizedAccessException)
        {
            return Reading.Unknown(failure.Message);
        }
    }
}
