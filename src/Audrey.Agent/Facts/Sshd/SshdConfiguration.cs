using System.Globalization;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>Asks sshd for its effective configuration.</summary>
internal sealed class SshdConfiguration(FactPrograms programs)
{
    /// <summary>The possible paths of sshd.</summary>
    public static readonly string[] Candidates = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"];

    /// <summary>Returns the ports that sshd listens on when it is started now.</summary>
    /// <exception cref="FactException">sshd is not installed, or rejects its configuration.</exception>
    public async Task<IReadOnlyList<int>> ReadPortsAsync(SshdStart start, CancellationToken cancellationToken)
    {
        var program = Candidates.FirstOrDefault(File.Exists)
            ?? throw new FactException($"sshd is not installed: there is no {string.Join(" and no ", Candidates)}");
        if (start.Sockets is { } sockets) return Normalize(sockets);
        var end = await programs.RunAsync(program, ["-T", .. start.Options], cancellationToken);
        if (end.Status != 0) throw new FactException($"{start.Origin} ended with {end.Status}: {end.Errors}");
        return Normalize(ParsePorts(end.Output));
    }

    /// <summary>
    /// Reads the lines <c>listenaddress ADDRESS:PORT</c>. The line <c>port</c> is not read: sshd prints it also if every ListenAddress has
    /// a port of its own.
    /// </summary>
    public static IEnumerable<int> ParsePorts(string output) =>
        from line in output.Split('\n')
        where line.StartsWith("listenaddress ", StringComparison.Ordinal)
        let address = line.Split(' ')[1].Trim()
        select int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    public static IReadOnlyList<int> Normalize(IEnumerable<int> ports) => [.. ports.Distinct().Order()];
}
