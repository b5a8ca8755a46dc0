using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages.Give;

namespace Audrey.Agent.Facts.Readers;

/// <summary>Reads facts that other programs provide, each with a name of its own.</summary>
/// <param name="type">The class. All its properties are open.</param>
/// <param name="log">Receives the reason for each file or program that has no facts. The reasons are also those of the class.</param>
/// <param name="find">Finds the facts. It receives the log.</param>
internal sealed class ForeignReader(
    FactClass type, IAgentLog log, Func<IAgentLog, CancellationToken, Task<IReadOnlyDictionary<string, byte[]>>> find) : IFactReader
{
    public FactClass Class => type;

    public TimeSpan MaxTime => TimeSpan.FromSeconds(90);

    public TimeSpan Interval { get; private init; } = TimeSpan.FromMinutes(5);

    /// <summary>The folders that have the facts or the programs that give them.</summary>
    private IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Reads the facts of a directory: the output of its executables, and its files that end in <c>.txt</c>.</summary>
    public static ForeignReader ForDirectory(string folder, IAgentLog log, Func<IAgentLog, FactDirectory> create) => new(
        new FactClass("External", "The facts of the directory of facts.")
        {
            Open = new FactProperty("NAME", FactType.Text, "The value that a file or an executable of the directory gives."),
        },
        log,
        (reasons, cancellationToken) => Directory.Exists(folder)
            ? create(reasons).FindAsync([], cancellationToken)
            : throw new FactException($"there is no directory {folder}"))
    {
        Folders = [folder],
    };

    /// <summary>Reads the facts of Facter.</summary>
    public static ForeignReader ForFacter(IAgentLog log, Func<IAgentLog, FacterFacts> create) => new(
        new FactClass("Facter", "The facts of Facter, with its external and custom facts.")
        {
            Open = new FactProperty("NAME", FactType.Text, "The value of the fact. A structured fact is JSON."),
            VolatileNames = FacterFacts.VolatileNames,
        },
        log,
        (reasons, cancellationToken) => FacterFacts.DefaultPrograms.Any(File.Exists)
            ? create(reasons).FindAllAsync(cancellationToken)
            : throw new FactException("Facter is not installed"))
    {
        Folders = FacterFacts.Folders,
        Interval = TimeSpan.FromMinutes(30),
    };

    public ChangeSigns FindSigns() => new() { Paths = Folders };

    public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        var reasons = new CollectingLog(log);
        var found = await find(reasons, cancellationToken);
        if (found.Count == 0 && reasons.Messages.Count > 0) throw new FactException(string.Join("; ", reasons.Messages));
        return found.OrderBy(fact => fact.Key, StringComparer.Ordinal).ToDictionary(
            fact => fact.Key, fact => Reading.Of((JsonNode)Encoding.UTF8.GetString(fact.Value)), StringComparer.Ordinal);
    }
}
