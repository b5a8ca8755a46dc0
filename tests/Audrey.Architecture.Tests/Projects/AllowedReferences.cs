namespace Audrey.Architecture.Tests.Projects;

/// <summary>
/// The projects that each project is allowed to reference, and the reason. docs/architecture.md contains the same table.
/// </summary>
internal static class AllowedReferences
{
    public static readonly IReadOnlyDictionary<string, (string[] Allowed, string Reason)> Table = new Dictionary<string, (string[], string)>
    {
        ["Audrey.Protocol"] = ([], "guests and tests that know nothing of the server use the wire of guests"),
        ["Audrey.Bus"] = ([], "guests, servers and other programs speak QMF alike, and AMQPNetLite is used nowhere else"),
        ["Audrey.Hosting"] = ([], "every part checks settings and keeps files in the same way, so this project knows none of them"),
        ["Audrey.Connections"] = (["Audrey.Hosting"], "servers and clients secure connections alike, whatever is sent over them"),
        ["Audrey.Core"] = ([], "decisions are pure, so that they can be tested without a cluster"),
        ["Audrey.Abstractions"] = (["Audrey.Core"], "both sides of a grain call see the contracts, so these depend on neither side"),
        ["Audrey.Grains"] = (
            ["Audrey.Abstractions", "Audrey.Core", "Audrey.Hosting", "Audrey.Protocol"],
            "grains know neither their callers nor where their rows are stored"),
        ["Audrey.Storage"] = (
            ["Audrey.Hosting"], "the storage serves any grain, so that it can be tested and replaced without Audrey's domain"),
        ["Audrey.Gateway"] = (
            ["Audrey.Abstractions", "Audrey.Bus", "Audrey.Core", "Audrey.Hosting", "Audrey.Protocol"],
            "a gateway can run in a process without a silo, so it reaches grains only through their contracts"),
        ["Audrey.Client"] = (
            ["Audrey.Abstractions", "Audrey.Connections", "Audrey.Core", "Audrey.Hosting"], "conductors use a library, not a server"),
        ["Audrey.Server"] = (
            [
                "Audrey.Protocol", "Audrey.Connections", "Audrey.Core", "Audrey.Hosting", "Audrey.Abstractions", "Audrey.Grains",
                "Audrey.Storage", "Audrey.Gateway", "Audrey.Client",
            ],
            "the server composes the others, and only a local launch starts it"),
        ["Audrey.Cli"] = (
            ["Audrey.Abstractions", "Audrey.Agent", "Audrey.Bus", "Audrey.Client", "Audrey.Connections", "Audrey.Core", "Audrey.Protocol",
                "Audrey.Server"],
            "the command does what any conductor can do over HTTP; it starts server and guest program for a local launch only"),
        ["Audrey.Agent"] = (
            ["Audrey.Bus", "Audrey.Protocol"], "the guest program is small and native, so it knows the wire and nothing of the server"),
    };

    /// <summary>Returns the references that are not allowed, with the reason.</summary>
    public static IEnumerable<string> Violations(string project, IEnumerable<string> references) =>
        from reference in references
        where reference.StartsWith("Audrey.", StringComparison.Ordinal) && reference != project
        where !Table[project].Allowed.Contains(reference)
        select $"{project} references {reference}: {Table[project].Reason}";
}
