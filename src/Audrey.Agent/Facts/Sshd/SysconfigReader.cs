namespace Audrey.Agent.Facts.Sshd;

/// <summary>Reads the facts of the class Sysconfig: the settings of the system that other machines must know.</summary>
internal sealed class SysconfigReader(FactPrograms programs) : IFactReader
{
    public const string Port = "sshd-port", Ports = "sshd-ports";

    private const string ObservedPort = "sshd-port-observed", ObservedPorts = "sshd-ports-observed";

    public FactClass Class { get; } = new(
        "Sysconfig",
        "The configuration of the system.",
        new FactProperty(Port, FactType.Integer, "The configured TCP port of sshd. Not known if there are several.")
        {
            Observed = ObservedPort,
        },
        new FactProperty(Ports, FactType.List, "All configured TCP ports of sshd, in ascending order.") { Observed = ObservedPorts },
        new FactProperty(ObservedPort, FactType.Integer, "The TCP port that sshd listens on. Not known if there are several."),
        new FactProperty(ObservedPorts, FactType.List, "All TCP ports that sshd listens on, in ascending order."));

    public ChangeSigns FindSigns()
    {
        var start = TryStart();
        return new()
        {
            Paths = [UnitFiles.Started, "/run/sshd", .. SshdStart.FindPaths(), .. new SshdFiles().Find(start?.Options ?? [])],
            Programs = SshdConfiguration.Candidates,
            Listeners = true,
        };
    }

    /// <summary>The kernel does not tell that a process listens.</summary>
    public string Glance() => SshdPorts.Observe(TryStart()?.Sockets) is var ports && ports.Value is null ? ports.Reason! : ports.ToText()!;

    public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        var (configured, observed) = await new SshdPorts(programs).ReadAsync(cancellationToken);
        return new Dictionary<string, Reading>(StringComparer.Ordinal)
        {
            [Port] = SshdPorts.FindOnly(configured),
            [Ports] = configured,
            [ObservedPort] = SshdPorts.FindOnly(observed),
            [ObservedPorts] = observed,
        };
    }

    /// <summary>Returns null if it cannot be read how the machine starts sshd. The reading then has the reason.</summary>
    private static SshdStart? TryStart()
    {
        try
        {
            return SshdStart.Read();
        }
        catch (Exception failure) when (failure is FactException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
