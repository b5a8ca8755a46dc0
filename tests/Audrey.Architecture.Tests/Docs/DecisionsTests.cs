using System.Globalization;
using System.Text.RegularExpressions;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>All decisions have the same form, their numbers have no gap, and the index lists them.</summary>
public sealed partial class DecisionsTests
{
    private const string Folder = "docs/decisions";

    private static readonly string[] Required = ["Status", "Date", "Context", "Decision", "Consequences"];

    private static readonly string[] Parts = ["Status", "Date", "Context", "Decision", "Alternatives", "Consequences"];

    [Fact]
    public void A_decision_has_a_title_a_status_a_date_a_context_a_decision_and_consequences() => Rule.Holds(
        $"A decision begins with \"# NUMBER Title\". Its parts are {string.Join(", ", Parts.Select(part => $"**{part}.**"))}, in this "
        + "order. Alternatives is optional:",
        Decisions().SelectMany(decision => Problems(decision)));

    [Fact]
    public void Decisions_are_numbered_without_a_gap() => new KnownViolations("decision-numbers").Allow(
        "Each number must have one decision. An unused number has a file with the status Withdrawn:",
        from number in Enumerable.Range(1, Decisions().Max(decision => decision.Number))
        where Decisions().Count(decision => decision.Number == number) != 1
        select ($"{number:0000}", $"{number:0000} has {Decisions().Count(decision => decision.Number == number)} files"));

    [Fact]
    public void The_index_lists_every_decision() => GeneratedText.Holds(
        $"{Folder}/README.md",
        "## Index",
        [
            "| Number | Decision | Status | Date |",
            "|---|---|---|---|",
            .. Decisions().Select(decision =>
                $"| [{decision.Number:0000}]({decision.File}) | {decision.Title} | {decision.Part("Status")} | {decision.Part("Date")} |"),
        ]);

    private static IReadOnlyList<Decision> Decisions() =>
    [
        .. from path in Directory.GetFiles(Path.Combine(Repository.Root, Folder), "*.md")
           let file = Path.GetFileName(path)
           where file != "README.md"
           orderby file
           select new Decision(file, File.ReadAllText(path)),
    ];

    private static IEnumerable<string> Problems(Decision decision)
    {
        var found = decision.Parts.Where(Parts.Contains).ToList();
        if (!decision.File.StartsWith($"{decision.Number:0000}-", StringComparison.Ordinal))
            yield return $"{decision.File}: its title does not begin with its number";
        if (!found.SequenceEqual(Parts.Intersect(found))) yield return $"{decision.File}: its parts are {string.Join(", ", found)}";
        foreach (var part in Required.Except(found)) yield return $"{decision.File}: it has no {part}";
        if (found.Contains("Date") && !IsDate(decision.Part("Date")))
            yield return $"{decision.File}: its date is {decision.Part("Date")}, not as 2026-11-24";
    }

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private sealed record Decision(string File, string Text)
    {
        private readonly Match _title = TitleLine().Match(Text);

        public int Number => _title.Success ? int.Parse(_title.Groups["number"].Value, CultureInfo.InvariantCulture) : 0;

        public string Title => _title.Groups["title"].Value;

        public IReadOnlyList<string> Parts => [.. PartStart().Matches(Text).Select(part => part.Groups["part"].Value)];

        public string Part(string name)
        {
            var start = PartStart().Matches(Text).FirstOrDefault(part => part.Groups["part"].Value == name);
            return start is null ? "" : Text[(start.Index + start.Length)..].Split('\n')[0].Trim().TrimEnd('.');
        }
    }

    [GeneratedRegex(@"\A# (?<number>\d{4}) (?<title>.+)")]
    private static partial Regex TitleLine();

    [GeneratedRegex(@"^\*\*(?<part>\w+)\.\*\*", RegexOptions.Multiline)]
    private static partial Regex PartStart();
}
