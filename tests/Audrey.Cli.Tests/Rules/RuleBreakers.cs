using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using static Audrey.Cli.Tests.Rules.RuleDocuments;

namespace Audrey.Cli.Tests.Rules;

/// <summary>A change of a deployable that breaks one rule.</summary>
/// <param name="Finding">A part of the finding that every door gives.</param>
/// <param name="Change">Makes the change.</param>
/// <param name="IsNote">Whether the deployable stays valid, and the finding is a note.</param>
/// <param name="IsOnly">Whether the check of a registration ends with this finding, because the other checks would take too long.</param>
internal sealed record RuleBreaker(
    string Finding, Func<DeployableDocument, DeployableDocument> Change, bool IsNote = false, bool IsOnly = false);

/// <summary>All changes that break a rule. Those that are not the only finding can be made together.</summary>
internal static class RuleBreakers
{
    private static readonly string Long = new('x', 256);

    public static IReadOnlyDictionary<string, RuleBreaker> All { get; } = new Dictionary<string, RuleBreaker>
    {
        ["integer"] = Value(ParameterType.Integer, "8x", "is not an integer; write decimal digits"),
        ["integer of more than 64 bits"] = Value(ParameterType.Integer, "9223372036854775808", "is not an integer of 64 bits"),
        ["boolean"] = Value(ParameterType.Boolean, "yes", "is not a boolean; write true or false"),
        ["default"] = Add(
            "is not an integer; write", "d",
            Script("s", From("d", "ip") with { Type = ParameterType.Integer, Default = "-" })),
        ["long value"] = Value(ParameterType.Text, new string('v', 65_537), "at most 65536 are allowed"),
        ["at least more than first"] = Add(
            "needs at least 3 of the first 2 values of", "few", 5, Script("s", FromGroup("few", "ip", first: 2, atLeast: 3))),
        ["group smaller than needed"] = Add(
            "waits for at least 4 values of small, which is a group of 3: it waits until the group has grown", "small", 3,
            Script("s", FromGroup("small", "ip", atLeast: 4))) with
        { IsNote = true },
        ["group smaller than its first"] = Add(
            "takes the first 4 values of less, which is a group of 3: it waits until the group has grown", "less", 3,
            Script("s", FromGroup("less", "ip", first: 4))) with
        { IsNote = true },
        ["group as an integer"] = Add(
            "takes the values of a group, which are a list", "one", 1,
            Script("s", FromGroup("one", "ip") with { Type = ParameterType.Integer })),
        ["large group"] = Add("a group of 4097 instances; at most 4096 are allowed", "large", 4097)
            .And(Add("", "of large", Script("s", FromGroup("large", "ip")))),
        ["many references"] = Add(
            "references to groups, where a parameter counts once", "many", 500,
            Script("s", [.. Enumerable.Range(0, 3).Select(i => FromGroup("many", "ip") with { Name = $"p{i}" })])) with
        { IsOnly = true },
        ["return"] = Add("which has none of that name", "r", Script("s", From("r", "nothing"))),
        ["service"] = Add("which has none of that name", "e", Script("s", From("e", "nothing", ReferenceKind.ServiceEnd))),
        ["return of a group"] = Add("which has none of that name", "rg", 2, Script("s", FromGroup("rg", "nothing"))),
        ["return of an empty group"] = Add("which has none of that name", "none", 0, Script("s", FromGroup("none", "nothing"))),
        ["empty group that is needed"] = Add(
            "waits for at least 1 values of idle, which is a group of 0: it waits until the group has grown", "idle", 0,
            Script("s", FromGroup("idle", "ip", atLeast: 1))) with
        { IsNote = true },
        ["ends of an empty group"] = Add(
            "services wait for each other to end and would never start", "hollow", 0, Script("s", Ends("hollow", null))),
        ["own end"] = Add(
            "services wait for each other to end and would never start", "self",
            Script("s", From("self", "s", ReferenceKind.ServiceEnd))),
        ["ends of a group"] = Add(
            "services wait for each other to end and would never start", "ring", 2, Script("s", Ends("ring", null))),
        ["some ends of a group"] = Add(
            "services wait for each other to end and would never start", "one of all", 2, Script("s", Ends("one of all", 1))),
        ["no end of a group"] = Add("", "loose", 2, Script("s", Ends("loose", 0))) with { IsNote = true },
        ["name with a separator"] = Add("contains | or &", "bar", Script("a|b")),
        ["control character"] = Add("contains a control character", "control\u0001"),
        ["long name"] = Add("is 256 characters long; at most 255 are allowed", Long),
        ["path"] = Add("looks like a path", "p", Script("../s")),
        ["url"] = Add("is neither http nor https", "u", Script("s") with { Executable = new() { Url = "ftp://example.com/s" } }),
        ["file twice"] = Add("a second file f", "f", Script("s") with { Files = [File("f"), File("f")] }),
        ["file named start"] = Add("start", "st", Script("s") with { Files = [File("start")] }),
        ["many files"] = Add("256", "mf", Script("s") with { Files = [.. Enumerable.Range(0, 257).Select(i => File($"f{i}"))] }),
        ["large tarball"] = Add(
            "the tarball would have", "lt",
            [
                .. Enumerable.Range(0, 17).Select(s =>
                    Script($"s{s}") with { Files = [.. Enumerable.Range(0, 250).Select(i => File($"f{i}"))] }),
            ]),
        ["many parameters"] = Add(
            "1024", "mp",
            Script("s", [.. Enumerable.Range(0, 1025).Select(i => new ParameterDocument { Name = $"p{i}", Value = "" })])),
        ["many services"] = Add("256", "ms", [.. Enumerable.Range(0, 257).Select(i => Script($"s{i}"))]),
        ["many returns"] = new("1024", document => document with
        {
            Assemblies = document.Assemblies.Add(
                new() { Name = "mr", Returns = [.. Enumerable.Range(0, 1025).Select(i => new ReturnDocument($"r{i}"))] }),
        }),
        ["fact without a property"] = Fact("is not the name of a fact; write CLASS.PROPERTY", "Sysconfig", ""),
        ["fact without a class"] = Fact("is not the name of a fact; write CLASS.PROPERTY", "", "port"),
        ["fact with a control character"] = Fact("names a fact whose name contains a control character", "A", "a\u0001"),
        ["long fact"] = Fact("names a fact whose name is 256 characters long", "L", Long),
        ["deadline"] = new("at most 365", document => document with { Deadline = TimeSpan.FromDays(366) }),
        ["name of the deployable"] = new("contains a control character", document => document with { Name = "a\u0007b" }),
    };

    private static RuleBreaker Fact(string finding, string factClass, string property) => new(finding, document => document with
    {
        Assemblies = document.Assemblies.Add(new()
        {
            Name = $"fact {factClass} {property.Length}",
            Returns = [new("f", Fact: new(factClass, property))],
        }),
    });

    private static ParameterDocument Ends(string group, int? atLeast)
    {
        var ends = FromGroup(group, "s", atLeast: atLeast);
        return ends with { Reference = ends.Reference! with { Kind = ReferenceKind.ServiceEnd } };
    }

    private static RuleBreaker Value(ParameterType type, string value, string finding)
    {
        var name = $"{type} {value.Length}";
        return Add(finding, name, Script("s", new ParameterDocument { Name = "p", Type = type, Value = value }));
    }

    private static SourceFile File(string name) => new() { FileName = name, Contents = "" };

    private static RuleBreaker Add(string finding, string assembly, params ServiceDocument[] services) =>
        Add(finding, assembly, null, services);

    private static RuleBreaker Add(string finding, string assembly, int? count, params ServiceDocument[] services) =>
        new(finding, document => document with
        {
            Assemblies = document.Assemblies.Add(
                new() { Name = assembly, Count = count, Returns = [new("ip")], Services = [.. services] }),
        });

    private static RuleBreaker And(this RuleBreaker first, RuleBreaker second) =>
        first with { Change = document => second.Change(first.Change(document)) };
}
