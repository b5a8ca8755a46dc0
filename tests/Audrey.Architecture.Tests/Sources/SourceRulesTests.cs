using System.Text.RegularExpressions;

namespace Audrey.Architecture.Tests.Sources;

public sealed partial class SourceRulesTests
{
    private const int MaxFile = 400;

    private const int MaxColumn = 140;

    [Fact]
    public void A_file_is_read_in_one_sitting() => Rule.Holds(
        $"A file over {MaxFile} lines has more than one reason to change: split it by them:",
        from path in Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
        let lines = File.ReadLines(Path.Combine(Repository.Root, path)).Count()
        where lines > MaxFile
        select $"{path}: {lines} lines");

    [Fact]
    public void No_line_is_too_long() => new KnownViolations("long-lines").AllowCount(
        $"A line has at most {MaxColumn} columns, as .editorconfig says. Break it, or say less in one statement:",
        from file in SourceFile.All
        from line in file.Root.SyntaxTree.GetText().Lines
        let length = line.End - line.Start
        where length > MaxColumn
        select (file.Project, $"    {file.Path}:{line.LineNumber + 1}: {length} columns"));

    [Fact]
    public void No_source_silences_an_analyzer_by_pragma() => Rule.Holds(
        "Turn off a rule that is wrong here for all files in .editorconfig with its reason, or on one member by SuppressMessage with a "
        + "justification:",
        from path in Repository.SourceFiles("src")
        where Repository.Read(path).Contains("#pragma warning disable", StringComparison.Ordinal)
        select path);

    [Fact]
    public void The_readme_maps_the_folders()
    {
        var mapped = FolderRow().Matches(Repository.Read("README.md")).Select(row => row.Groups["folder"].Value).ToHashSet();
        var folders = Repository.TopLevelFolders().ToHashSet();

        Rule.Holds(
            "A newcomer finds every folder in README.md's table:",
            folders.Except(mapped).Select(folder => $"{folder}/ is not in README.md"));
        Rule.Holds(
            "README.md must not name a folder that does not exist:",
            mapped.Except(folders).Select(folder => $"{folder}/ is not in the repository"));
    }

    [GeneratedRegex(@"^\| `(?<folder>[^`/]+)/` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();
}
