using System.Reflection;
using Audrey.Architecture.Tests.Contracts;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>The tables of docs/grains.md match the code.</summary>
public sealed class GrainsPageTests
{
    private const string Page = "docs/grains.md";

    private static readonly IReadOnlyList<Type> Grains =
        [.. Repository.TypesOf("Audrey.Grains").Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(Grain)))];

    [Fact]
    public void The_page_lists_every_grain() => Assert.Equal(
        Grains.Select(grain => grain.Name).Order(StringComparer.Ordinal),
        MarkdownTable.In(Page, "Grain").Rows.SelectMany(row => MarkdownTable.Code(row[0])).Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_says_which_interfaces_a_grain_has() => Rule.Holds(
        "A reader finds out who may call a grain:",
        from row in MarkdownTable.In(Page, "Grain").Column("Interfaces")
        let grain = GrainIn(row.First)
        let documented = MarkdownTable.Code(row.Cell).Order(StringComparer.Ordinal)
        let declared = InterfacesOf(grain).Select(contract => contract.Name).Order(StringComparer.Ordinal)
        where !declared.SequenceEqual(documented)
        select $"{grain.Name} has {string.Join(", ", declared)}, the page says {string.Join(", ", documented)}");

    [Fact]
    public void The_page_says_which_rows_a_grain_has() => Rule.Holds(
        "An operator finds the owner of each row in the database (rows that a grain keeps by itself may be named after \"and by itself\"):",
        from row in MarkdownTable.In(Page, "Grain").Column("Row (storage)")
        let grain = GrainIn(row.First)
        let documented = MarkdownTable.Code(row.Cell.Split("by itself")[0]).Order(StringComparer.Ordinal)
        let declared = PersistentStates.All.Where(state => state.Grain == grain).Select(state => state.Name).Order(StringComparer.Ordinal)
        where !declared.SequenceEqual(documented)
        select $"{grain.Name} has {string.Join(", ", declared)}, the page says {string.Join(", ", documented)}");

    [Fact]
    public void The_page_says_which_key_a_grain_has() => Rule.Holds(
        "A text key begins with a letter that is no hexadecimal digit and a colon, a number is a number:",
        from row in MarkdownTable.In(Page, "Grain").Column("Key")
        let grain = GrainIn(row.First)
        let isText = InterfacesOf(grain).All(contract => contract.IsAssignableTo(typeof(IGrainWithStringKey)))
        let key = MarkdownTable.Code(row.Cell).FirstOrDefault() ?? row.Cell
        where isText != (key.Length > 2 && key[1] == ':' && key[0] is >= 'g' and <= 'z')
        select $"{grain.Name} has the key {key} by the page");

    [Fact]
    public void The_page_lists_what_interleaves_and_nothing_else()
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
            $"{Page} must not promise what the code does not do:",
            from entry in listed
            where !interleaving.Exists(method => method.Name == entry.Method && Names(method.DeclaringType!).Contains(entry.Grain))
            select $"{entry.Grain}.{entry.Method} is listed, and no method of that name interleaves");
    }

    /// <summary>
    /// Returns the methods in the first column. A method without the name of a grain belongs to the grain of the previous method.
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
}
