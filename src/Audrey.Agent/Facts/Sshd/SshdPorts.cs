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
        return (configured, Observe(start?.Sockets));
    }

    /// <summary>Returns the reading of the only port of a list.</summary>
    public static Reading FindOnly(Reading ports) => ports.Value switch
    {
        JsonArray { Count: 1 } list => Reading.Of(list[0]!.DeepClone(), ports.Origin),
        null => ports,
        _ => Reading.Unknown($"sshd has several ports: {ports.ToText()}; see sshd-ports"),
    };

    /// <summary>Returns a reading of the list of ports that sshd listens on.</summary>
    /// <param name="socketUnit">The ports of the socket unit that starts sshd. Null if there is none.</param>
    public static Reading Observe(IReadOnlyList<int>? socketUnit)
    {
        try
        {
            var listeners = SshdListeners.Find(socketUnit);
            return listeners.Count == 0
                ? Reading.None("no process of sshd listens")
                : Reading.Of(
                    ToArray(SshdConfiguration.Normalize(listeners.Select(listener => listener.Port))),
                    string.Join(", ", listeners.Select(listener => listener.Owner)));
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            return Reading.Unknown(failure.Message);
        }
    }

    private static JsonArray ToArray(IEnumerable<int> ports) => new([.. ports.Select(port => (JsonNode)port)]);

    private static async Task<Reading> TryAsync(Func<Task<Reading>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            return Reading.Unknown(failure.Message);
        }
    }

    private static bool IsExpected(Exception failure) => failure is FactException or IOException or UnauthorizedAccessException;
}
