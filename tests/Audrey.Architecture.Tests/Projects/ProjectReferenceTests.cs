using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Audrey.Architecture.Tests.Projects;

public sealed partial class ProjectReferenceTests
{
    private const string Direction = "A project may have only the references in docs/architecture.md:";

    private static readonly string[] SerializationOnly = ["Orleans.Serialization", "Orleans.Serialization.Abstractions"];

    [Fact]
    public void Every_project_has_a_row_in_the_table_of_references() =>
        Assert.Equal(Repository.Products, AllowedReferences.Table.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Project_files_have_only_allowed_references() => Rule.Holds(
        Direction,
        Repository.Products.SelectMany(project => AllowedReferences.Violations(project, ReferencesInFile(project))));

    [Fact]
    public void Assemblies_have_only_allowed_references() => Rule.Holds(
        Direction + " (a type can also come in through another project's references)",
        Repository.Assemblies.SelectMany(project => AllowedReferences.Violations(project, ReferencesOfAssembly(project))));

    [Fact]
    public void The_table_in_the_docs_equals_the_allowed_references()
    {
        var documented = TableRow().Matches(Repository.Read("docs/architecture.md"))
            .ToDictionary(row => row.Groups["project"].Value, row => Documented(row.Groups["references"].Value));

        Assert.Equal(AllowedReferences.Table.Keys.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Rule.Holds(
            "The table in docs/architecture.md must equal the table of this test:",
            from row in documented
            let allowed = AllowedReferences.Table[row.Key].Allowed.Order(StringComparer.Ordinal)
            where !allowed.SequenceEqual(row.Value.Order(StringComparer.Ordinal))
            select $"{row.Key} may reference {string.Join(", ", allowed)} by the test, {string.Join(", ", row.Value)} by the page");
    }

    [Fact]
    public void Core_references_no_part_of_Orleans_except_the_serialization() => Rule.Holds(
        "Core must be testable without a cluster:",
        from reference in ReferencesOfAssembly("Audrey.Core")
        where reference.StartsWith("Orleans", StringComparison.Ordinal) && !SerializationOnly.Contains(reference)
        select $"Audrey.Core references {reference}");

    [Fact]
    public void The_protocol_does_not_reference_Orleans() => Rule.Holds(
        "The guest program contains the protocol and must not contain Orleans:",
        from reference in ReferencesOfAssembly("Audrey.Protocol")
        where reference.StartsWith("Orleans", StringComparison.Ordinal)
        select $"Audrey.Protocol references {reference}");

    [Fact]
    public void The_command_contains_neither_the_server_nor_the_guest_program() => Rule.Holds(
        "The package of the command has neither program, and a local launch starts both as processes:",
        from file in Repository.SourceFiles("src/Audrey.Cli")
        where Repository.Read(file).Contains("extern alias", StringComparison.Ordinal)
        select $"{file} uses types of a program. Both programs have an alias, so that the command uses none of their code");

    private static IEnumerable<string> ReferencesInFile(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> ReferencesOfAssembly(string project) =>
        Repository.AssemblyOf(project).GetReferencedAssemblies().Select(reference => reference.Name!);

    /// <summary>
    /// Reads a cell of the column with the references. It contains names of projects, "nothing" or "all". Remarks in brackets and after a
    /// semicolon are ignored.
    /// </summary>
    private static string[] Documented(string cell)
    {
        var text = Remark().Replace(cell, "").Trim();
        if (text.StartsWith("nothing", StringComparison.Ordinal)) return [];
        if (text == "all") return AllowedReferences.Table["Audrey.Server"].Allowed;
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(name => "Audrey." + name)];
    }

    [GeneratedRegex(@"^\| `(?<project>Audrey\.\w+)` \|[^|]*\|(?<references>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\([^)]*\)|;.*")]
    private static partial Regex Remark();
}
