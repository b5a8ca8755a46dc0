using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The facts that the conductor names as the values of provided parameters, such as <c>Sysconfig.sshd-port</c>. Only the named fact is
/// given. The server has the same rules for facts that arrive over the message bus.
/// </summary>
internal sealed class NamedFacts(MachineFacts facts, IAgentLog log) : IFactSource
{
    private readonly OnceLog _log = new(log);

    /// <summary>The named facts by parameter, each in the form <c>CLASS.PROPERTY</c>.</summary>
    public IReadOnlyDictionary<string, string> Names { get; set; } = new Dictionary<string, string>();

    public bool Owns(string name) => Names.ContainsKey(name);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var wanted = names.Where(Owns).Select(name => (Name: name, Fact: Names[name].Split('.', 2))).Where(one => one.Fact.Length == 2);
        foreach (var ofClass in wanted.GroupBy(one => one.Fact[0]))
        {
            if (await facts.ReadAsync(ofClass.Key, cancellationToken) is not [var report])
            {
                _log.Write($"{string.Join(", ", ofClass.Select(one => one.Name))}: this guest has no facts of class {ofClass.Key}.");
                continue;
            }

            foreach (var (name, fact) in ofClass)
            {
                var (value, problem) = ReadingOf(report, fact[1]);
                if (value is not null) found[name] = Encoding.UTF8.GetBytes(value);
                else _log.Write($"{name} is not given, because {Names[name]} is not known: {problem}");
            }
        }

        return found;
    }

    /// <summary>Returns the text of a fact. A fact that is configured and also observed is given only while both are equal.</summary>
    private static (string? Value, string? Problem) ReadingOf(ClassReport report, string property)
    {
        if (!report.Readings.TryGetValue(property, out var reading)) return (null, report.Reason ?? "there is no such fact");
        if (reading.Value is null) return (null, reading.Reason);
        if (report.Class.Find(property)?.Observed is { } other && report.Readings.TryGetValue(other, out var observed)
            && !JsonNode.DeepEquals(reading.Value, observed.Value))
            return (null, $"{other} is different, or not known: {observed.Reason ?? observed.ToText()}");
        return (reading.ToText(), null);
    }
}
