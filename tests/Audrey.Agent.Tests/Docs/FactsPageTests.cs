using System.Text.RegularExpressions;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Docs;

/// <summary>Checks that docs/facts.md matches the schema.</summary>
public sealed partial class FactsPageTests
{
    [Fact]
    public void The_table_of_the_page_has_every_property_with_its_type_unit_and_description()
    {
        var page = File.ReadAllText(Path.Combine(Tool.Repository, "docs/facts.md"));
        var readers = FactReaders.Create(
            StateDirectory.At("/none"), StateDirectory.At("/none"), "/none", TimeProvider.System, new RecordingLog());
        var rows = from reader in readers
                   let type = reader.Class
                   from property in type.Open is { } open ? type.Properties.Append(open) : type.Properties
                   let unit = property.Unit is null ? "" : $" {property.Unit}"
                   let kind = property.Type.ToString().ToLowerInvariant()
                   select $"| `{type.Name}.{property.Name}` | {kind} |{unit} | {property.Description} |";
        Assert.Equal(rows, PropertyRow().Matches(page).Select(match => match.Value));
    }

    [Fact]
    public void Every_observed_property_is_a_property_of_the_same_type()
    {
        var readers = FactReaders.Create(
            StateDirectory.At("/none"), StateDirectory.At("/none"), "/none", TimeProvider.System, new RecordingLog());
        foreach (var type in readers.Select(reader => reader.Class))
            foreach (var property in type.Properties.Where(property => property.Observed is not null))
                Assert.Equal(property.Type, type.Properties.Single(other => other.Name == property.Observed).Type);
    }

    [GeneratedRegex(@"^\| `\w+\..*$", RegexOptions.Multiline)]
    private static partial Regex PropertyRow();
}
