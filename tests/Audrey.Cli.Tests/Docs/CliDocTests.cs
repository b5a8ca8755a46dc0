using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Audrey.Cli.Exit;
using Audrey.Cli.Tests.Support;

namespace Audrey.Cli.Tests.Docs;

/// <summary>
/// The tables of docs/cli.md are those of the code. With AUDREY_DOCS=write, the tests write them to the page in the repository.
/// </summary>
public sealed class CliDocTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "cli.md"));

    public static TheoryData<string> AudreyCommandNames => Commands.AudreyCommandTests.Names;

    [Theory]
    [MemberData(nameof(AudreyCommandNames))]
    public void Every_command_is_described(string name) => Assert.Contains($"| `{name}", Page, StringComparison.Ordinal);

    [Fact]
    public void The_page_has_the_exit_codes() => Holds(
        "## Exit codes",
        [
            "| Code | |",
            "|---|---|",
            .. from code in Enum.GetValues<ExitCode>()
               let meaning = typeof(ExitCode).GetField(code.ToString())!.GetCustomAttribute<DescriptionAttribute>()!.Description
               select string.Create(CultureInfo.InvariantCulture, $"| {(int)code} | {meaning} |"),
        ]);

    [Fact]
    public void The_page_has_the_fields_of_the_JSON() => Holds(
        "### Fields",
        [
            "| Command | Fields |",
            "|---|---|",
            .. from form in JsonTable.Forms
               let commands = string.Join(", ", form.Commands.Select(command => $"`{command}`"))
               select $"| {commands} | {form.Elsewhere ?? Fields(form.Type!, form.Commands[0])} |",
        ]);

    /// <summary>Returns the fields of a type. The fields of a type that an earlier command also prints are listed there.</summary>
    private static string Fields(Type type, string command) => string.Join(", ", JsonTable.FieldsOf(type).Select(
        field => $"`{field.Name}`{(field.IsOptional ? "?" : "")}{Nested(field.Type, command)}"));

    private static string Nested(Type type, string command)
    {
        if (!JsonTable.HasFields(type)) return "";
        var first = JsonTable.Forms.First(form => form.Type is { } printed && (printed == type || Contains(printed, type))).Commands[0];
        return first == command ? $" ({Fields(type, command)})" : $" (as in `{first}`)";

        static bool Contains(Type outer, Type inner) => JsonTable.FieldsOf(outer).Any(
            field => JsonTable.HasFields(field.Type) && (field.Type == inner || Contains(field.Type, inner)));
    }

    private static void Holds(string heading, string[] table)
    {
        if (Environment.GetEnvironmentVariable("AUDREY_DOCS") == "write")
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "Audrey.sln"))) directory = directory.Parent!;
            var path = Path.Combine(directory.FullName, "docs", "cli.md");
            var (before, _, after) = Split(File.ReadAllText(path), heading);
            File.WriteAllText(path, before + string.Join('\n', table) + after);
            return;
        }

        Assert.Equal(table, Split(Page, heading).Table.Split('\n'));
    }

    /// <summary>Returns the page around the first table after a heading.</summary>
    private static (string Before, string Table, string After) Split(string page, string heading)
    {
        var begin = page.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(begin >= 0, $"The page has no heading {heading}.");
        begin = page.IndexOf("\n|", begin, StringComparison.Ordinal) + 1;
        var end = page.IndexOf("\n\n", begin, StringComparison.Ordinal);
        return (page[..begin], page[begin..end], page[end..]);
    }
}
