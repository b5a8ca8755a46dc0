using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Planning;

namespace Audrey.Core.Tests.Planning;

public sealed class LaunchPlannerTests
{
    [Fact]
    public void References_are_resolved_to_the_UUIDs_of_the_instances_that_they_name()
    {
        var plan = Shop.Plan(Shop.Document);

        var (web, db) = (plan.Instances[0].Config, plan.Instances[1].Config);
        Assert.Equal(new ParameterReference(db.Id, ReferenceKind.ProvidedParameter, "ipaddress"), Parameter(web, "db").Reference);
        Assert.Equal(new ParameterReference(db.Id, ReferenceKind.ServiceEnd, "mysql"), Parameter(web, "ready").Reference);
        Assert.Equal(new ParameterReference(web.Id, ReferenceKind.ProvidedParameter, "ipaddress"), Parameter(db, "web").Reference);
    }

    [Fact]
    public void A_planned_instance_has_everything_that_its_launch_needs()
    {
        var web = Shop.Plan(Shop.Document).Instances[0];

        Assert.Equal(
            ("web", "web", "small", "image-1", "build-2"), (web.Label, web.HostName, web.HardwareProfile, web.Image!.Id, web.Image.Build));
        Assert.Equal(("Shop", "00000000-0000-0000-0000-00000000d000"), (web.Config.DeployableName, web.Config.Deployable.Value));
        Assert.Equal(["ipaddress", "token"], web.Config.ProvidedParameters.ToArray());
        Assert.Equal(["token"], web.Config.SecretParameters.ToArray());
        Assert.Null(web.Config.Ordinal);
    }

    [Fact]
    public void Every_instance_has_its_own_UUID_and_secret()
    {
        var plan = Shop.Plan(
            Shop.Document with { Assemblies = [Shop.Web with { Count = 3, Services = [] }, Shop.Database with { Services = [] }] });

        Assert.Equal(4, plan.Instances.Select(instance => instance.Config.Id).Distinct().Count());
        Assert.Equal(4, plan.Instances.Select(instance => instance.Config.Secret).Distinct().Count());
        Assert.Equal(["web-0", "web-1", "web-2", "db"], plan.Instances.Select(instance => instance.Label));
        Assert.Equal([0, 1, 2, null], plan.Instances.Select(instance => instance.Config.Ordinal));
    }

    [Fact]
    public void Members_leave_out_the_ordinal_whose_label_another_assembly_has()
    {
        var plan = Shop.Plan(Shop.Document with
        {
            Assemblies = [Shop.Web with { Count = 3, Services = [] }, Shop.Database with { Name = "web-1", Services = [] }],
        });

        Assert.Equal(["web-0", "web-2", "web-3", "web-1"], plan.Instances.Select(instance => instance.Label));
        Assert.Equal([0, 2, 3, null], plan.Instances.Select(instance => instance.Config.Ordinal));
    }

    [Fact]
    public void A_reference_to_a_group_lists_all_members_in_order()
    {
        var reference = Shop.Returned("web", "ipaddress") with { First = 2, AtLeast = 1 };
        var list = new ParameterDocument { Name = "p", Type = ParameterType.List, Reference = reference, Default = "" };
        var balancer = new AssemblyDocument
        {
            Name = "balancer",
            Services = [new ServiceDocument { Name = "proxy", Classes = ["proxy"], Parameters = [list] }],
        };
        var plan = Shop.Plan(Shop.Document with { Assemblies = [balancer, Shop.Web with { Count = 3, Services = [] }] });

        var parameter = Parameter(plan.Instances[0].Config, "p");

        Assert.Equal(plan.Instances.Skip(1).Select(instance => instance.Config.Id), parameter.Group!.Members);
        Assert.Equal(
            ("web", "ipaddress", 2, 1), (parameter.Group.Assembly, parameter.Group.Name, parameter.Group.First, parameter.Group.AtLeast));
        Assert.Empty(parameter.Default!);
    }

    [Fact]
    public void A_group_with_one_member_is_still_a_group_and_an_empty_group_has_no_members()
    {
        var balancer = Shop.With(new ParameterDocument { Name = "p", Reference = Shop.Returned("db", "ipaddress") }).Assemblies[0];
        var group = Shop.Database with { Services = [] };

        Assert.Single(Members(1));
        Assert.Empty(Members(0));

        System.Collections.Immutable.ImmutableArray<InstanceId> Members(int count) =>
            Parameter(
                Shop.Plan(Shop.Document with { Assemblies = [balancer, group with { Count = count }] }).Instances[0].Config,
                "p").Group!.Members;
    }

    [Fact]
    public void A_value_given_at_launch_overrides_the_value_in_the_document_which_overrides_the_reference()
    {
        var parameter = new ParameterDocument { Name = "p", Value = "written", Reference = Shop.Returned("web", "nothing") };

        Assert.Equal("given", Value(Shop.Plan(Shop.With(parameter), "web[http].p=given")));
        Assert.Equal("written", Value(Shop.Plan(Shop.With(parameter))));
    }

    [Fact]
    public void Every_missing_value_is_reported_with_the_remedy()
    {
        var document = Shop.Document with
        {
            Assemblies =
            [
                new AssemblyDocument
                {
                    Name = "web",
                    Services =
                    [
                        new ServiceDocument
                        {
                            Name = "http",
                            Classes = ["a"],
                            Parameters = [new ParameterDocument { Name = "x" }, new ParameterDocument { Name = "y" }],
                        },
                    ],
                },
            ],
        };

        Assert.Equal(
            [
                "web[http].x: has no value; give one with --set 'web[http].x=VALUE' or in a values file",
                "web[http].y: has no value; give one with --set 'web[http].y=VALUE' or in a values file",
            ],
            Shop.Problems(document));
    }

    [Theory]
    [InlineData(
        "wbe[http].p=1",
        "wbe[http].p: a value is given for a parameter that is not in the deployable: "
        + "no assembly is called wbe; did you mean web?")]
    [InlineData(
        "web[htp].p=1",
        "web[htp].p: a value is given for a parameter that is not in the deployable: "
        + "no service of web is called htp; did you mean http?")]
    [InlineData(
        "web[http].port=1",
        "web[http].port: a value is given for a parameter that is not in the deployable: "
        + "no parameter of web[http] is called port")]
    public void A_value_for_an_unknown_parameter_is_refused_and_the_nearest_name_is_suggested(string given, string problem) =>
        Assert.Equal([problem], Shop.Problems(Shop.With(new ParameterDocument { Name = "p", Value = "1" }), given));

    [Fact]
    public void A_value_that_is_given_twice_is_refused() =>
        Assert.Equal(
            ["web[http].p: two values are given for it; give only one"],
            Shop.Problems(Shop.With(new ParameterDocument { Name = "p" }), "web[http].p=1", "web[http].p=2"));

    [Theory]
    [InlineData(ParameterType.Integer, "80", true)]
    [InlineData(ParameterType.Integer, "-9223372036854775808", true)]
    [InlineData(ParameterType.Integer, "9223372036854775808", false)]
    [InlineData(ParameterType.Integer, "", false)]
    [InlineData(ParameterType.Integer, "-", false)]
    [InlineData(ParameterType.Integer, "+1", false)]
    [InlineData(ParameterType.Integer, " 1", false)]
    [InlineData(ParameterType.Integer, "0x10", false)]
    [InlineData(ParameterType.Integer, "1\n", false)]
    [InlineData(ParameterType.Boolean, "true", true)]
    [InlineData(ParameterType.Boolean, "True", false)]
    [InlineData(ParameterType.Boolean, "yes", false)]
    [InlineData(ParameterType.Text, "anything\nat all", true)]
    public void Values_must_match_their_type(ParameterType type, string text, bool fits)
    {
        var result = LaunchPlanner.Plan(Shop.With(new ParameterDocument { Name = "p", Type = type }), Shop.Options("web[http].p=" + text));

        Assert.Equal(fits, result.IsValid);
        if (!fits)
            Assert.StartsWith("web[http].p: the given value is n", Assert.Single(result.Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_about_a_value_does_not_show_the_value()
    {
        var document = Shop.With(new ParameterDocument { Name = "p", Type = ParameterType.Integer, Value = "hunter2" });

        Assert.DoesNotContain("hunter2", Assert.Single(Shop.Problems(document)), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter3", Assert.Single(Shop.Problems(document, "web[http].p=hunter3")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_items_of_a_list_become_lines()
    {
        var document = Shop.With(new ParameterDocument { Name = "p", Type = ParameterType.List });
        var options = Shop.Options() with { Given = [new LaunchValue(new ParameterAddress("web", "http", "p"), ["one", "two"])] };

        Assert.Equal("one\ntwo", Value(LaunchPlanner.Plan(document, options).Plan!));
    }

    [Fact]
    public void Several_values_for_a_parameter_that_is_not_a_list_are_refused()
    {
        var options = Shop.Options() with { Given = [new LaunchValue(new ParameterAddress("web", "http", "p"), ["one", "two"])] };

        var problem = Assert.Single(LaunchPlanner.Plan(Shop.With(new ParameterDocument { Name = "p" }), options).Findings);

        Assert.Equal("2 values are given for it, but it is not a list; give one", problem.Message);
    }

    [Fact]
    public void A_reference_to_an_unknown_name_is_refused_and_the_nearest_name_is_suggested()
    {
        var document = Shop.Document with
        {
            Assemblies = [Shop.Web, Shop.Database with { Name = "dbs" }],
        };

        Assert.Contains("web[http].db: refers to assembly db, which is not in the deployable; did you mean dbs?", Shop.Problems(document));
    }

    [Theory]
    [InlineData("ftp://config.example.com/")]
    [InlineData("http://user:secret@config.example.com/")]
    [InlineData("http://config.example.com/?x=1")]
    public void An_endpoint_that_guests_could_not_use_is_refused(string endpoint)
    {
        var result = LaunchPlanner.Plan(Shop.Document, Shop.Options() with { Endpoint = new Uri(endpoint) });

        Assert.StartsWith("the config server's endpoint ", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_id_overrides_the_id_in_the_document()
    {
        var document = Shop.Document with { Id = "shop-1" };

        Assert.Equal("shop-1", Shop.Plan(document).Id.Value);
        Assert.Equal("mine", LaunchPlanner.Plan(document, Shop.Options() with { Id = DeployableId.Parse("mine") }).Plan!.Id.Value);
    }

    [Fact]
    public void Host_names_are_unique_and_valid()
    {
        var document = Shop.Document with
        {
            Assemblies =
                [.. new[] { "Web Server!", "web.server", "?", new string('x', 200) }.Select(name => new AssemblyDocument { Name = name })],
        };

        Assert.Equal(
            ["web-server", "web-server-2", "instance", new string('x', 63)],
            Shop.Plan(document).Instances.Select(instance => instance.HostName));
    }

    [Theory]
    [InlineData("web[http]=1")]
    [InlineData("web.port=1")]
    [InlineData("[http].port=1")]
    [InlineData("web[http].=1")]
    [InlineData("web[http].port")]
    public void Text_that_is_not_the_address_of_a_parameter_is_refused(string text)
    {
        Assert.False(LaunchValue.TryParse(text, out _, out var problem));
        Assert.Contains("assembly[service].parameter", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_may_contain_any_text()
    {
        Assert.True(LaunchValue.TryParse("web[http].p=a=b].c=d", out var given, out _));
        Assert.Equal(("p", "a=b].c=d"), (given.Address.Parameter, Assert.Single(given.Values)));
    }

    private static ParameterConfig Parameter(InstanceConfig config, string name) =>
        config.Services[0].Parameters.Single(parameter => parameter.Name == name);

    private static string Value(LaunchPlan plan) => Encoding.UTF8.GetString(Parameter(plan.Instances[0].Config, "p").Value!);
}
