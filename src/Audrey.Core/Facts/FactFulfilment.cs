using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;

namespace Audrey.Core.Facts;

/// <summary>Decides which facts are the values of which provided parameters.</summary>
internal static class FactFulfilment
{
    /// <summary>The class whose facts fulfil the provided parameters of the same name.</summary>
    private const string Sysconfig = "Sysconfig";

    /// <summary>The end of the name of a fact that was observed. The fact without this ending was configured.</summary>
    private const string Observed = "-observed";

    /// <summary>The reason that is shown instead of a secret value.</summary>
    private const string Secret = "the value is secret";

    /// <summary>Returns the values that a report gives to provided parameters. A fact without a value gives none.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="report">The report in its canonical form.</param>
    /// <param name="maxValueBytes">Maximum size of a value.</param>
    /// <param name="problems">Receives one sentence for each value that is too large, without the value.</param>
    public static ImmutableArray<NamedValue> ValuesOf(
        InstanceConfig config, FactReport report, int maxValueBytes, ICollection<string> problems)
    {
        var values = ImmutableArray.CreateBuilder<NamedValue>();
        foreach (var parameter in config.ProvidedParameters)
        {
            if (FactOf(config, report, parameter)?.Value is not { } json) continue;
            var value = Encoding.UTF8.GetBytes(FactJson.ToText(json));
            if (value.Length <= maxValueBytes) values.Add(new(parameter, value));
            else problems.Add($"the fact for '{parameter}' has {value.Length} bytes; at most {maxValueBytes} are allowed");
        }

        return values.ToImmutable();
    }

    /// <summary>Returns the names of the facts of a class that are secret, because they are values of secret parameters.</summary>
    public static IReadOnlySet<string> SecretsOf(InstanceConfig config, FactReport report)
    {
        HashSet<string> secrets = new(StringComparer.Ordinal);
        if (config.SecretParameters.IsDefaultOrEmpty) return secrets;
        foreach (var parameter in config.SecretParameters)
            if (NameOf(config, report, parameter) is { } name) secrets.UnionWith([name, name + Observed]);
        return secrets;
    }

    /// <summary>Returns the report with a reason instead of each value that is secret.</summary>
    public static FactReport WithoutSecrets(InstanceConfig config, FactReport report)
    {
        var secrets = SecretsOf(config, report);
        return secrets.Count == 0 ? report : report with
        {
            Facts =
            [
                .. report.Facts.Select(fact => fact.Value is not null && secrets.Contains(fact.Name) ? new(fact.Name, null, Secret) : fact),
            ],
        };
    }

    /// <summary>
    /// Returns the fact that is the value of a parameter, or null. A fact that is configured and also observed counts only while both are
    /// equal: a dependent could otherwise connect to a port that is about to be left, or is not open yet.
    /// </summary>
    private static ReportedFact? FactOf(InstanceConfig config, FactReport report, string parameter) =>
        NameOf(config, report, parameter) is { } name && report.Find(name) is { } fact
            && (report.Find(name + Observed) is not { } observed || observed.Value == fact.Value)
            ? fact
            : null;

    /// <summary>
    /// Returns the name of the fact in this class that a parameter takes its value from: the one that the document names, or else the one
    /// of the same name, which only the guest itself can report. Null if the value is not from this class.
    /// </summary>
    private static string? NameOf(InstanceConfig config, FactReport report, string parameter)
    {
        if (config.FactOf(parameter) is { } named) return named.Class == report.Class ? named.Property : null;
        return report.Class == Sysconfig && report.Agent == FactReport.AgentOf(config.Id) ? parameter : null;
    }
}
