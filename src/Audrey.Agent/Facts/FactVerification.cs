using System.Text.Json.Nodes;

namespace Audrey.Agent.Facts;

/// <summary>The result of a comparison.</summary>
internal enum FactVerdict
{
    /// <summary>All known values are equal.</summary>
    Equal = 0,

    /// <summary>At least two values differ.</summary>
    Different,

    /// <summary>A value could not be read.</summary>
    Unknown,
}

/// <summary>A comparison of the configured value, the observed value, and the value that the guest last gave to the server.</summary>
/// <param name="Verdict">The result.</param>
/// <param name="Reasons">A sentence for each difference and each value that could not be read.</param>
internal sealed record FactVerification(FactVerdict Verdict, IReadOnlyList<string> Reasons)
{
    /// <summary>Compares the values. A reported value that is certain not to exist is not compared.</summary>
    public static FactVerification Compare(Reading configured, Reading observed, Reading reported)
    {
        var unknown = new (string Name, Reading Reading)[] { ("configured", configured), ("observed", observed), ("reported", reported) }
            .Where(value => !value.Reading.IsKnown)
            .Select(value => $"The {value.Name} value is not known: {value.Reading.Reason}.");
        List<string> differences = [];
        if (configured.IsKnown && observed.IsKnown)
        {
            differences.AddRange(ToItems(configured).Except(ToItems(observed)).Select(item => $"{item} is configured, but not observed."));
            differences.AddRange(ToItems(observed).Except(ToItems(configured)).Select(item => $"{item} is observed, but not configured."));
        }

        if (reported.ToText() is { } given && configured.ToText() is { } own && given != own)
            differences.Add(
                $"The server has {given}. The guest gives the value again when the configured and the observed value are equal.");
        string[] reasons = [.. unknown, .. differences];
        return new FactVerification(
            configured.IsKnown && observed.IsKnown && reported.IsKnown
                ? differences.Count == 0 ? FactVerdict.Equal : FactVerdict.Different
                : FactVerdict.Unknown,
            reasons);
    }

    private static IEnumerable<string> ToItems(Reading reading) => reading.Value switch
    {
        null => [],
        JsonArray list => list.Select(item => item!.ToString()),
        var scalar => [scalar.ToString()],
    };
}
