using System.Reflection;
using System.Text.RegularExpressions;
using Audrey.Architecture.Tests.Contracts;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>The tables of docs/grains.md match the code.</summary>
public sealed partial class GrainsPageTests
{
    private const string Page = "docs/grains.md";

    private static readonly IReadOnlyList<Type> Grains =
        [.. Repository.TypesOf("Audrey.Grains").Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(Grain)))];

    [Fact]
    public void The_page_lists_every_grain() => Assert.Equal(
        Grains.Select(grain => grain.Name).Order(StringComparer.Ordinal),
        MarkdownTable.In(Page, "Grain").Rows.SelectMany(row => MarkdownTable.Code(row[0])).Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_names_every_rule_of_the_judge() => Assert.Equal(
        JudgeRule().Matches(Repository.Read("tests/chaos-tools/judge.py")).Select(rule => rule.Groups["name"].Value)
            .Order(StringComparer.Ordinal),
        MarkdownTable.In(Page, "Route").Column("Rules").SelectMany(row => MarkdownTable.Code(row.Cell)).Distinct()
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_lists_the_interfaces_of_each_grain() => Rule.Holds(
        "The page must list the interfaces of each grain, because each interface has different callers:",
        from row in MarkdownTable.In(Page, "Grain").Column("Interfaces")
        let grain = GrainIn(row.First)
        let documented = MarkdownTable.Code(row.Cell).Order(StringComparer.Ordinal)
        let declared = InterfacesOf(grain).Select(contract => contract.Name).Order(StringComparer.Ordinal)
        where !declared.SequenceEqual(documented)
        select $"{grain.Name} has {string.Join(", ", declared)}, the page says {string.Join(", ", documented)}");

    [Fact]
    public void The_page_lists_the_rows_of_each_grain() => Rule.Holds(
        "The page must list the owner of each stored row (\"and by itself\" precedes a row that a grain stores without IPersistentState):",
        from row in MarkdownTable.In(Page, "Grain").Column("Row (storage)")
        let grain = GrainIn(row.First)
        let documented = MarkdownTable.Code(row.Cell.Split("by itself")[0]).Order(StringComparer.Ordinal)
        let declared = PersistentStates.All.Where(state => state.Grain == grain).Select(state => state.Name).Order(StringComparer.Ordinal)
        where !declared.SequenceEqual(documented)
        select $"{grain.Name} has {string.Join(", ", declared)}, the page says {string.Join(", ", documented)}");

    [Fact]
    public void The_page_shows_the_key_of_each_grain() => Rule.Holds(
        "A text key begins with a letter that is not a hexadecimal digit, followed by a colon. A numeric key is a number:",
        from row in MarkdownTable.In(Page, "Grain").Column("Key")
        let grain = GrainIn(row.First)
        let isText = InterfacesOf(grain).All(contract => contract.IsAssignableTo(typeof(IGrainWithStringKey)))
        let key = MarkdownTable.Code(row.Cell).FirstOrDefault() ?? row.Cell
        where isText != (key.Length > 2 && key[1] == ':' && key[0] is >= 'g' and <= 'z')
        select $"{grain.Name} has the key {key} by the page");

    [Fact]
    public void The_page_lists_exactly_the_methods_that_interleave()
    {
        var listed = Listed().ToHashSet();
        var interleaving = Grains.SelectMany(InterfacesOf).Distinct()
            .SelectMany(contract => contract.GetMethods().Where(method => method.IsDefined(typeof(AlwaysInterleaveAttribute))))
            .ToList();

        Rule.Holds(
            $"Each method that interleaves has its reason in {Page}, under the name of its grain or interface, as `Instance.GetReport`:",
            from method in interleaving
            where !Names(method.DeclaringType!).Any(name => listed.Contains((name, method.Name)))
            select $"{method.DeclaringType!.Name}.{method.Name} interleaves");
        Rule.Holds(
            $"{Page} must not list a method that does not interleave:",
            from entry in listed
            where !interleaving.Exists(method => method.Name == entry.Method && Names(method.DeclaringType!).Contains(entry.Grain))
            select $"{entry.Grain}.{entry.Method} is listed, and no method of that name interleaves");
    }

    /// <summary>
    /// Returns the methods that the first column lists. A method that is listed without the name of a grain belongs to the same grain as
    /// the method before it.
    /// </summary>
    private static IEnumerable<(string Grain, string Method)> Listed()
    {
        foreach (var row in MarkdownTable.In(Page, "Method").Rows)
        {
            var grain = "";
            foreach (var code in MarkdownTable.Code(row[0]))
            {
                var parts = code.Split('.');
                if (parts.Length == 2) grain = parts[0];
                yield return (grain, parts[^1]);
            }
        }
    }

    private static Type GrainIn(string cell)
    {
        var name = MarkdownTable.Code(cell).Single();
        return Grains.SingleOrDefault(grain => grain.Name == name)
            ?? throw new InvalidOperationException($"{Page} lists {name}, which is not a grain.");
    }

    private static IEnumerable<Type> InterfacesOf(Type grain)
    {
        var declared = grain.GetInterfaces()
            .Where(contract => contract.IsAssignableTo(typeof(IGrain)))
            .Where(contract => contract.Assembly.GetName().Name!.StartsWith("Audrey", StringComparison.Ordinal))
            .ToList();
        return declared.Where(contract =>
            contract.GetMethods().Length > 0 || !declared.Exists(other => other != contract && other.IsAssignableTo(contract)));
    }

    /// <summary>
    /// Returns the names under which a method of an interface can be listed: the name of the interface, and the names of the grains that
    /// implement it.
    /// </summary>
    private static IEnumerable<string> Names(Type contract) =>
        Grains.Where(grain => grain.IsAssignableTo(contract)).Select(grain => Short(grain.Name)).Append(Short(contract.Name[1..]));

    private static string Short(string name) => name.EndsWith("Grain", StringComparison.Ordinal) ? name[..^"Grain".Length] : name;

    /// <summary>Matches an entry of the dictionary with the rules.</summary>
    [GeneratedRegex("^    \"(?<name>[a-z-]+)\": ", RegexOptions.Multiline)]
    private static partial Regex JudgeRule();
}
