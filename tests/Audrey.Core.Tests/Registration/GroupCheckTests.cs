using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using static Audrey.Core.Tests.Registration.Some;

namespace Audrey.Core.Tests.Registration;

public sealed class GroupCheckTests
{
    [Fact]
    public void A_reference_to_a_group_passes_if_all_members_declare_the_name()
    {
        var check = Check(Instance("lb-1", Service("proxy", Needs("ip", "web-1", "web-2"))), Web("web-1"), Web("web-2"));

        Assert.Empty(check.Problems);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public void Instances_that_all_refer_to_each_other_are_refused_if_they_have_too_many_references()
    {
        string[] ids = [.. Enumerable.Range(0, 4000).Select(number => $"web-{number}")];
        var peers = Needs("ip", ids);
        var began = TimeProvider.System.GetTimestamp();

        var check = Check([.. ids.Select(id => Instance(id, Service("http", peers, peers with { Name = "more" })).Providing("ip"))]);

        var problem = Assert.Single(check.Problems);
        Assert.Null(problem.Instance);
        Assert.StartsWith("the instances have 32000000 references", problem.Message, StringComparison.Ordinal);
        Assert.Contains("at most 500000 are allowed (Audrey:Limits:MaxGroupReferences)", problem.Message, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_misspelt_name_in_a_reference_to_a_group_is_reported_once() => Assert.Equal(
        ["lb[proxy].peers refers to provided parameter 'i' of web (web-1), which has none of that name; did you mean 'ip'?"],
        Check(Instance("lb-1", Service("proxy", Needs("i", "web-1", "web-2"))), Web("web-1"), Web("web-2")).Problems.Messages());

    [Fact]
    public void A_reference_that_requires_more_values_than_the_group_has_instances_is_noted()
    {
        var needs = Needs("ip", "web-1", "web-2");
        var check = Check(
            Instance("lb-1", Service("proxy", needs with { Group = needs.Group! with { First = 3 } })),
            Instance("few-1", Service("proxy", needs with { Group = needs.Group! with { First = 3, AtLeast = 2 } })),
            Web("web-1"),
            Web("web-2"));

        Assert.Equal(
            ["lb[proxy].peers takes the first 3 values of web, which is a group of 2: it waits until the group has grown"],
            check.Warnings.Messages());
        Assert.Empty(check.Problems);
    }

    [Fact]
    public void Missing_members_of_a_group_cause_one_warning() => Assert.Equal(
        ["lb[proxy].peers refers to 2 instances of group 'web' that are not among the given instances (the first is 'web-2'): "
            + "until they are registered in deployable 'shop', they give no value"],
        Check(Instance("lb-1", Service("proxy", Needs("ip", "web-1", "web-2", "web-3"))), Web("web-1")).Warnings.Messages());

    [Theory]
    [InlineData(null, false, 1)]
    [InlineData(1, false, 0)]
    [InlineData(null, true, 0)]
    public void Services_form_a_cycle_through_a_group_only_if_they_need_all_its_members(int? atLeast, bool isOptional, int cycles)
    {
        var peers = Needs("http", "web-1", "web-2");
        peers = peers with
        {
            Group = peers.Group! with { Kind = ReferenceKind.ServiceEnd, AtLeast = atLeast },
            Default = isOptional ? "none"u8.ToArray() : null,
        };
        var check = Check(
            Instance("web-1", Service("http", NeedsEnd("proxy", "lb-1", "proxy"))),
            Instance("web-2", Service("http")),
            Instance("lb-1", Service("proxy", peers)));

        Assert.Equal(cycles, check.Problems.Messages().Count(message => message.Contains("would never start", StringComparison.Ordinal)));
        Assert.Equal(cycles, check.Problems.Length);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void Members_that_need_one_of_their_own_ends_never_start(int atLeast, int cycles)
    {
        var peers = Needs("http", "web-1", "web-2");
        peers = peers with { Group = peers.Group! with { Kind = ReferenceKind.ServiceEnd, AtLeast = atLeast } };

        var check = Check(Instance("web-1", Service("http", peers)), Instance("web-2", Service("http", peers)));

        Assert.Equal(cycles > 0, check.Problems.Any(problem => problem.Message.Contains("would never start", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("web-2", false)]
    [InlineData("web-2", true)]
    public void A_prototype_beside_members_or_another_prototype_is_refused(string other, bool isPrototype)
    {
        var prototype = Instance("web-1") with { Secret = "", IsPrototype = true };
        var second = isPrototype ? prototype with { Id = InstanceId.Parse(other) } : Instance(other) with { Ordinal = 0 };

        Assert.Equal(
            ["assembly 'web' has a prototype beside others: only an empty group has a prototype, and only one"],
            Check(prototype, second).Problems.Messages());
    }

    [Fact]
    public void Prototypes_are_no_instances_of_the_limit()
    {
        var limits = new DocumentLimits { MaxInstances = 1 };
        var prototype = Instance("web-1") with { Secret = "", IsPrototype = true };

        Assert.Empty(RegistrationCheck.Run([Instance("lb-1"), prototype], limits).Problems);
        Assert.Single(RegistrationCheck.Run([prototype, prototype with { Id = InstanceId.Parse("db-1"), Name = "db" }], limits).Problems);
    }

    private static InstanceConfig Web(string id) => Instance(id).Providing("ip");

    private static ParameterConfig Needs(string name, params string[] members) => new()
    {
        Name = "peers",
        Group = new()
        {
            Assembly = "web",
            Members = [.. members.Select(InstanceId.Parse)],
            Kind = ReferenceKind.ProvidedParameter,
            Name = name,
        },
    };

    private static RegistrationCheck Check(params InstanceConfig[] instances) => RegistrationCheck.Run(instances, new DocumentLimits());
}
