using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Tarballs;
using Audrey.Core.Tests.Registration;
using static Audrey.Core.Tests.Registration.Some;

namespace Audrey.Core.Tests.Differences;

public sealed class DeployableComparisonTests
{
    private static readonly ParameterConfig Port = new() { Name = "port", Value = "80"u8.ToArray() };

    [Fact]
    public void The_same_deployable_with_other_UUIDs_has_no_difference_but_the_UUIDs()
    {
        InstanceConfig[] Shop(string suffix) =>
        [
            Instance($"db-{suffix}").Providing("ip"),
            .. Members(suffix, 3, Service("s", NeedsValue("db", $"db-{suffix}", "ip"), All("peers", "web", suffix, 3))),
        ];

        var found = Compare(Shop("old"), Shop("new"));

        Assert.Equal((0, 0, 4), (found.Differences.Count, found.More, found.OtherIds));
        Assert.Equal(
            "The contents are the same. Only the UUIDs of instances and the secrets of their guests differ.", found.Lines(20).Single());
        Assert.Equal("No difference was found in the parts that are compared.", Compare(Shop("old"), Shop("old")).Lines(20).Single());
    }

    [Fact]
    public void References_are_compared_and_shown_by_label()
    {
        InstanceConfig[] Shop(string suffix, string to) =>
            [Instance($"a-{suffix}"), Instance($"b-{suffix}"), Instance($"web-{suffix}", Service("s", NeedsValue("db", to, "ip")))];

        Assert.Empty(Compare(Shop("old", "a-old"), Shop("new", "a-new")).Differences);
        Assert.Equal(
            [
                "- web: service s: parameter db: parameter ip of a",
                "+ web: service s: parameter db: parameter ip of b",
                "The UUIDs of 3 instances differ too.",
            ],
            Compare(Shop("old", "a-old"), Shop("new", "b-new")).Lines(20));
        Assert.Equal(
            "+ web: service s: parameter db: parameter ip of c",
            Compare(Shop("old", "a-old"), [.. Shop("new", "c-new"), Instance("c-new")]).Lines(20).ElementAt(2));
    }

    [Fact]
    public void Instances_that_are_added_or_removed_are_named()
    {
        var found = Compare([Instance("db"), Instance("web")], [Instance("web"), Instance("cache")]);

        Assert.Equal(["- db: instance: present", "+ cache: instance: present"], found.Lines(20));
    }

    [Fact]
    public void A_group_of_another_size_is_told_once()
    {
        Assert.Equal(
            ["- group web: 3 instances", "+ group web: 1000 instances"], Compare(Members("x", 3), Members("x", 1000)).Lines(20));
        InstanceConfig prototype = Instance("web-p", Service("s")) with { IsPrototype = true, Secret = "" };
        Assert.Equal(["- group web: 2 instances", "+ group web: 0 instances"], Compare(Members("x", 2), [prototype]).Lines(20));
        var empty = prototype with { Id = InstanceId.Parse("web-q"), Services = [] };
        Assert.Equal(["- web: service s: present"], Compare([prototype], [empty]).Lines(20));
    }

    [Fact]
    public void The_members_of_a_group_are_named_if_only_their_ordinals_differ()
    {
        var web = Members("x", 3);

        Assert.Equal(["- web-1: instance: present", "+ web-2: instance: present"], Compare([web[0], web[1]], [web[0], web[2]]).Lines(20));
    }

    [Fact]
    public void The_same_difference_of_many_instances_is_told_once_with_their_number()
    {
        var found = Compare(
            Members("x", 500, Service("s", Port)), Members("y", 500, Service("s", Port with { Value = "81"u8.ToArray() })));

        Assert.Equal((1, 499, 0), (found.Differences.Count, found.Differences[0].Others, found.More));
        Assert.Equal(
            ["- web-0 and 499 more: service s: parameter port: \"80\"", "+ web-0 and 499 more: service s: parameter port: \"81\""],
            found.Lines(20).Take(2));
    }

    [Fact]
    public void The_answer_is_bounded_and_the_rest_is_counted()
    {
        InstanceConfig[] Shop(string value) =>
        [
            .. Enumerable.Range(0, 150).Select(i =>
                Instance($"i{i}", Service("s", Port with { Value = [.. "v"u8, .. System.Text.Encoding.UTF8.GetBytes($"{value}{i}")] }))),
        ];

        var found = Compare(Shop("a"), Shop("b"));

        Assert.Equal((100, 50), (found.Differences.Count, found.More));
        Assert.Equal("... and 130 more differences", found.Lines(20).Last());
        Assert.Equal(41, found.Lines(20).Count());
    }

    [Fact]
    public void The_name_the_deadline_and_the_kind_of_registration_are_compared()
    {
        InstanceConfig[] shop = [Instance("web")];
        var launch = new LaunchProgress { Instances = 1, Begun = default, Deadline = DateTimeOffset.MinValue.AddMinutes(1) };

        Assert.Equal(
            [
                "- name of the deployable: \"Shop\"", "+ name of the deployable: \"Market\"",
                "- deadline: 60 s", "+ deadline: 1.5 s",
                "The launch of the registered deployable is not finished.",
            ],
            Compare(shop, [shop[0] with { DeployableName = "Market" }], Header(launch), TimeSpan.FromSeconds(1.5)).Lines(20));
        Assert.Equal(
            ["- registration: each instance individually", "+ registration: the deployable as a whole"],
            Compare(shop, shop, Header(null)).Lines(20));
    }

    [Fact]
    public void Instances_with_equal_labels_are_matched_by_UUID_first_and_named_with_it()
    {
        InstanceConfig[] Shop(byte[] value) => [Instance("web-a"), Instance("web-b", Service("s", Port with { Value = value }))];

        var found = Compare(Shop([1]), [.. Shop([2]).Reverse()]);

        Assert.Equal(
            ("web (web-b)", "service s: parameter port", 0, 0),
            (found.Differences.Single().Instance, found.Differences[0].Part, found.OtherIds, found.More));
    }

    private static DeployableDifferences Compare(
        InstanceConfig[] registered, InstanceConfig[] given, DeployableHeader? header = null, TimeSpan? deadline = null)
    {
        var comparison = new DeployableComparison(given, deadline);
        comparison.Add(registered.Select(one => new MemberLabel(
            one.Id, one.Name, one.Ordinal, InstanceLabels.Of(one.Name, one.Ordinal), one.IsPrototype)));
        var stored = registered.ToDictionary(one => one.Id);
        foreach (var one in comparison.Matched())
            comparison.Add(one.Id, ConfigComparison.Run(stored[one.Id], new Dictionary<string, TarFile>(), one));
        return comparison.ToResult(header ?? Header(new() { Instances = 1, Begun = default, Sealed = DateTimeOffset.MaxValue }));
    }

    private static DeployableHeader Header(LaunchProgress? launch) => new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "Shop",
        Conductor = ConductorKey.Parse("owner"),
        Registered = default,
        Pages = 1,
        Deleting = false,
        Launch = launch,
    };

    private static InstanceConfig[] Members(string suffix, int count, params ServiceConfig[] services) =>
        [.. Enumerable.Range(0, count).Select(i => Instance($"web-{suffix}-{i}", services) with { Ordinal = i })];

    private static ParameterConfig All(string name, string assembly, string suffix, int count) => new()
    {
        Name = name,
        Type = ParameterType.List,
        Group = new()
        {
            Assembly = assembly,
            Members = [.. Enumerable.Range(0, count).Select(i => InstanceId.Parse($"{assembly}-{suffix}-{i}"))],
            Kind = ReferenceKind.ProvidedParameter,
            Name = "ip",
        },
    };
}
