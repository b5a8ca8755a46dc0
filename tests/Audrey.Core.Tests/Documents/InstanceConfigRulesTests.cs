using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Documents;

public sealed class InstanceConfigRulesTests
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void All_findings_are_reported_at_once_and_without_values()
    {
        var config = Configs.With(
            Configs.Service("..", Configs.File("start", ""), new SourceFile { Url = "file:///etc/passwd" }) with
            {
                Parameters =
                [
                    new ParameterConfig { Name = "a|b", Value = "private"u8.ToArray() },
                    new ParameterConfig { Name = "neither" },
                    new ParameterConfig { Name = "nobody", Reference = new ParameterReference(default, ReferenceKind.ServiceEnd, "s") },
                ],
            },
            Configs.Service("twice"),
            Configs.Service("twice")) with
        { Secret = "", ProvidedParameters = ["a", "a"] };

        Assert.Equal(
            [
                "the secret is empty; the guest signs with it",
                "a second provided parameter a; names must be unique",
                "the name of a service looks like a path; it becomes a name in the tarball, so / and \\ are not allowed, nor are . and ..",
                "a second service twice; names must be unique",
                "service ..: the name of a parameter contains | or &, which separate fields in the text that guests read; use another "
                + "character",
                "service ..: parameter neither needs exactly one of a value, a reference and a group",
                "service ..: parameter nobody refers to an instance without naming it",
                "service ..: a second file start; names must be unique, and start is reserved for the executable",
                "service ..: a file has a URL that is neither http nor https",
            ],
            InstanceConfigRules.Problems(config, Limits).AsEnumerable());
    }

    [Fact]
    public void At_most_a_hundred_findings_are_reported()
    {
        var parameters = Enumerable.Range(0, 1000).Select(i => new ParameterConfig { Name = $"p{i}" });
        var config = Configs.With(Configs.Service("web") with { Parameters = [.. parameters] });
        Assert.Equal(100, InstanceConfigRules.Problems(config, Limits).Length);
    }

    [Fact]
    public void A_config_without_names_is_refused()
    {
        var config = Configs.With() with { Id = default, Deployable = default, Name = "" };
        Assert.Equal(3, InstanceConfigRules.Problems(config, Limits).Length);
    }

    [Fact]
    public void A_reference_to_a_group_must_be_satisfiable()
    {
        var (a, b) = (InstanceId.Parse("a"), InstanceId.Parse("b"));
        var many = Enumerable.Range(0, Limits.MaxGroupMembers + 1).Select(i => InstanceId.Parse($"i{i}"));
        var group = new GroupReference { Assembly = "web", Members = [a], Kind = ReferenceKind.ProvidedParameter, Name = "ip" };
        ParameterConfig[] parameters =
        [
            new() { Name = "fine", Group = group with { First = 1, AtLeast = 0 }, Default = "none"u8.ToArray() },
            new() { Name = "empty", Group = group with { Members = [] } },
            new() { Name = "two_sources", Group = group, Value = "private"u8.ToArray() },
            new() { Name = "given", Value = "private"u8.ToArray(), Default = "private"u8.ToArray() },
            new() { Name = "long", Group = group, Default = new byte[Limits.MaxValueBytes + 1] },
            new() { Name = "twice", Group = group with { Members = [a, b, a] } },
            new() { Name = "many", Group = group with { Members = [.. many] } },
            new() { Name = "nobody", Group = group with { Members = [default] } },
            new() { Name = "nameless", Group = group with { Assembly = "" } },
            new() { Name = "none", Group = group with { First = 0 } },
            new() { Name = "less", Group = group with { AtLeast = -1 } },
            new() { Name = "more", Group = group with { First = 1, AtLeast = 2 } },
            new() { Name = "name", Group = group with { Name = "a|b" } },
            new() { Name = "type", Value = [], Type = (ParameterType)9 },
        ];
        var config = Configs.With(
            Configs.Service("web") with { Parameters = [.. parameters] }) with
        { SecretParameters = ["password"], Ordinal = -1 };

        Assert.Equal(
            [
                "password is marked secret but is not a provided parameter of the instance",
                "the ordinal is -1; ordinals begin at 0",
                "service web: parameter two_sources needs exactly one of a value, a reference and a group",
                "service web: parameter given has a value and a default; only a reference may have a default",
                "service web: parameter long has a default of 65537 bytes; at most 65536 are allowed",
                "service web: parameter twice refers to a group that has instance a twice",
                "service web: parameter many refers to web, a group of 4097 instances; at most 4096 are allowed",
                "service web: parameter nobody refers to a group without naming all its members",
                "service web: parameter nameless refers to a group whose name is empty",
                "service web: parameter none takes the first 0 values of web; the number must be 1 or more",
                "service web: parameter less needs at least -1 values of web; the number must be 0 or more",
                "service web: parameter more needs at least 2 of the first 1 values of web; write at_least: 1 or less",
                "service web: parameter name refers to a name that contains | or &, which separate fields in the text that guests read; "
                + "use "
                + "another character",
                "service web: parameter type has an unknown type",
            ],
            InstanceConfigRules.Problems(config, Limits).AsEnumerable());
    }
}
