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
}
