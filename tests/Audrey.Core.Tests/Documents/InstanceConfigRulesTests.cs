using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Documents;

public sealed class InstanceConfigRulesTests
{
    private static readonly DocumentLimits Limits = new();

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_and_without_values()
    {
        var config = Configs.With(
            Configs.Service("..", Configs.File("start", ""), new SourceFile { Url = "file:///etc/passwd" }) with
            {
                Parameters =
                [
                    new ParameterConfig { Name = "a|b", Value = "private"u8.ToArray() },
                    new ParameterConfig { Name = "neither" },
                    new ParameterConfig { Name = "nobody", Reference = new ParameterReference(default(InstanceId), ReferenceKind.ServiceEnd, "s") },
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
                "service ..: the name of a parameter carries | or &, which the guests' text format uses as separators; use another character",
                "service ..: parameter neither needs exactly one of a value and a reference",
                "service ..: parameter nobody refers to an instance without naming it",
                "service ..: a second file start; names must be unique, and start is the executable's",
                "service ..: a file has a URL that is neither http nor https",
            ],
            InstanceConfigRules.Problems(config, Limits).AsEnumerable());
    }

    [Fact]
    public void Of_many_problems_a_hundred_are_said()
    {
        var parameters = Enumerable.Range(0, 1000).Select(i => new ParameterConfig { Name = $"p{i}" });
        var config = Configs.With(Configs.Service("web") with { Parameters = [.. parameters] });
        Assert.Equal(100, InstanceConfigRules.Problems(config, Limits).Length);
    }

    [Fact]
    public void A_config_that_names_nothing_is_refused()
    {
        var config = Configs.With() with { Id = default, Deployable = default, Name = "" };
        Assert.Equal(3, InstanceConfigRules.Problems(config, Limits).Length);
    }
}
