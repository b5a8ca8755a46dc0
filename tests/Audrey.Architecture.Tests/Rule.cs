namespace Audrey.Architecture.Tests;

/// <summary>A rule. If the rule is broken, the message lists the violations and the reason for the rule.</summary>
internal static class Rule
{
    public static void Holds(string reason, IEnumerable<string> violations)
    {
        var found = violations.ToList();
        Assert.True(found.Count == 0, $"{reason}{string.Concat(found.Select(violation => $"{Environment.NewLine}- {violation}"))}");
    }
}
