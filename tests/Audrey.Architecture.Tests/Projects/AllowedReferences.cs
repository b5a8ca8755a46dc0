namespace Audrey.Architecture.Tests.Projects;

/// <summary>Which projects each project may reference, and why no others. The table in docs/architecture.md says the same.</summary>
internal static class AllowedReferences
{
    public static readonly IReadOnlyDictionary<string, (string[] Allowed, string Reason)> Table = new Dictionary<string, (string[], string)>
    {
        ["Audrey.Protocol"] = ([], "the guests' wire must stay usable by agents and tests that know nothing of the server"),
        ["Audrey.Hosting"] = ([], "how settings are checked and files are kept is the same for every part, so it knows none"),
        ["Audrey.Core"] = ([], "decisions stay pure, so that they are tested without a cluster"),
        ["Audrey.Abstractions"] = (["Audrey.Core"], "contracts are what both sides of a grain call see, so they may lean on neither side"),
        ["Audrey.Grains"] = (
            ["Audrey.Abstractions", "Audrey.Core", "Audrey.Hosting", "Audrey.Protocol"],
            "grains know neither their callers nor where their rows are stored"),
        ["Audrey.Storage"] = (["Audrey.Hosting"], "storage serves any grain, so that it is tested and replaced without Audrey's domain"),
        ["Audrey.Gateway"] = (
            ["Audrey.Abstractions", "Audrey.Core", "Audrey.Hosting", "Audrey.Protocol"],
            "a gateway runs also in a process without a silo, so it reaches grains by their contracts only"),
        ["Audrey.Client"] = (["Audrey.Abstractions", "Audrey.Core", "Audrey.Hosting"], "conductors get a library, not a server"),
        ["Audrey.Server"] = (
            [
                "Audrey.Protocol", "Audrey.Core", "Audrey.Hosting", "Audrey.Abstractions", "Audrey.Grains", "Audrey.Storage",
                "Audrey.Gateway", "Audrey.Client",
            ],
            "the server is the one place that composes the others; nothing may reference it"),
        ["Audrey.Cli"] = (
            ["Audrey.Agent", "Audrey.Client", "Audrey.Core", "Audrey.Protocol", "Audrey.Server"],
            "the command does what any conductor can do with the library; it runs server and guest program for a local launch only"),
        ["Audrey.Agent"] = (["Audrey.Protocol"], "the guest program is small and native: it knows the wire and nothing of the server"),
    };

    /// <summary>Returns the references that are not allowed, with the reason.</summary>
    public static IEnumerable<string> Violations(string project, IEnumerable<string> references) =>
        from reference in references
        where reference.StartsWith("Audrey.", StringComparison.Ordinal) && reference != project
        where !Table[project].Allowed.Contains(reference)
        select $"{project} references {reference}: {Table[project].Reason}";
}
