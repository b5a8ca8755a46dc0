using System.Globalization;

namespace Audrey.Architecture.Tests;

/// <summary>
/// A file with violations that already existed when their rule was introduced. Lines can only be removed from it. With AUDREY_KNOWN=shrink
/// the tests remove the lines that no longer apply. With AUDREY_KNOWN=strict, which .ci/run sets, such a line is a failure.
/// </summary>
internal sealed class KnownViolations(string name)
{
    private static readonly bool Shrinks = Environment.GetEnvironmentVariable("AUDREY_KNOWN") == "shrink";

    private static readonly bool IsStrict = Environment.GetEnvironmentVariable("AUDREY_KNOWN") == "strict";

    private string Stale => $"These lines of {_path} no longer apply. Run the tests with AUDREY_KNOWN=shrink to remove them:";

    private readonly string _path = Path.Combine(Repository.Root, "tests", "Audrey.Architecture.Tests", "Sources", "Known", name + ".txt");

    /// <summary>Checks a rule whose violations have names. Each line of the file contains a name, a #, and the reason.</summary>
    /// <param name="reason">The reason for the rule, and how to fix a violation.</param>
    /// <param name="violations">The name and the description of each violation.</param>
    public void Allow(string reason, IEnumerable<(string Name, string Text)> violations)
    {
        var found = violations.ToList();
        var lines = Lines();
        var known = lines.Select(NameIn).Where(line => line.Length > 0).ToHashSet();
        Save(lines, line => NameIn(line).Length == 0 || found.Exists(violation => violation.Name == NameIn(line)) ? line : null);
        Rule.Holds(reason, found.Where(violation => !known.Contains(violation.Name)).Select(violation => violation.Text));
        if (IsStrict) Rule.Holds(Stale, known.Where(name => !found.Exists(violation => violation.Name == name)));
    }

    /// <summary>
    /// Checks a rule whose violations are counted by project. Each line of the file contains a project and its maximum count.
    /// </summary>
    /// <param name="reason">The reason for the rule, and how to fix a violation.</param>
    /// <param name="violations">The project and the description of each violation.</param>
    public void AllowCount(string reason, IEnumerable<(string Project, string Text)> violations)
    {
        var found = violations.ToLookup(violation => violation.Project, violation => violation.Text);
        var lines = Lines();
        var known = lines.Select(NameIn).Where(line => line.Length > 0).Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
        Save(lines, line => NameIn(line).Length == 0 ? line : Counted(NameIn(line).Split(' ')[0], known, found));
        Rule.Holds(
            reason,
            from project in found
            let allowed = known.GetValueOrDefault(project.Key)
            where project.Count() > allowed
            select $"{project.Key}: {project.Count()}, and {allowed} are allowed:\n{string.Join('\n', project)}");
        if (IsStrict) Rule.Holds(Stale, known.Where(allowed => found[allowed.Key].Count() < allowed.Value).Select(allowed => allowed.Key));
    }

    private static string? Counted(string project, Dictionary<string, int> known, ILookup<string, string> found) =>
        Math.Min(known[project], found[project].Count()) is > 0 and var count ? $"{project} {count}" : null;

    private static string NameIn(string line) => line.Split('#')[0].Trim();

    private string[] Lines() => File.Exists(_path) ? File.ReadAllLines(_path) : [];

    private void Save(string[] lines, Func<string, string?> kept)
    {
        if (!Shrinks || lines.Length == 0) return;
        var left = lines.Select(kept).OfType<string>().ToList();
        if (left.TrueForAll(line => NameIn(line).Length == 0)) File.Delete(_path);
        else File.WriteAllLines(_path, left);
    }
}
