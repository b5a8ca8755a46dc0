using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using static Audrey.Core.Tests.Registration.Some;

namespace Audrey.Core.Tests.Registration;

public sealed class RegistrationCheckTests
{
    [Fact]
    public void A_deployable_whose_references_are_all_declared_passes()
    {
        var check = Check(
            Instance(
                "web-1",
                Service(
                    "http",
                    NeedsValue("db", "db-1", "ip"),
                    NeedsEnd("ready", "db-1", "mysql"),
                    NeedsValue("own", "web-1", "ip"))).Providing("ip"),
            Instance("db-1", Service("mysql")).Providing("ip"));

        Assert.Empty(check.Problems);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public void A_finding_shows_that_a_provider_provides_nothing() => Assert.Equal(
        ["db[mysql].client refers to provided parameter 'ip' of web, which has none of that name; it has none"],
        Check(Instance("web-1"), Instance("db-1", Service("mysql", NeedsValue("client", "web-1", "ip")))).Problems.Messages());

    [Fact]
    public void Instances_that_refer_to_each_others_values_do_not_form_a_cycle()
    {
        var check = Check(
            Instance("web-1", Service("http", NeedsValue("db", "db-1", "ip"))).Providing("ip"),
            Instance("db-1", Service("mysql", NeedsValue("web", "web-1", "ip"))).Providing("ip"));

        Assert.Empty(check.Problems);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public void A_misspelt_parameter_is_refused_and_the_nearest_name_is_suggested()
    {
        var check = Check(
            Instance("web-1", Service("http", NeedsValue("db", "db-1", "adress"))),
            Instance("db-1").Providing("port", "address"));

        Assert.Equal(
            ["web[http].db refers to provided parameter 'adress' of db, which has none of that name; did you mean 'address'?"],
            check.Problems.Messages());
        Assert.Equal(InstanceId.Parse("web-1"), check.Problems[0].Instance);
    }

    [Fact]
    public void A_reference_to_an_unknown_service_is_refused_and_the_known_names_are_listed()
    {
        var check = Check(
            Instance("web-1", Service("http", NeedsEnd("ready", "db-1", "postgres"))),
            Instance("db-1", Service("mysql"), Service("backup")));

        Assert.Equal(
            ["web[http].ready refers to service 'postgres' of db, which has none of that name; it has 'mysql', 'backup'"],
            check.Problems.Messages());
    }

    [Fact]
    public void A_reference_to_an_instance_that_was_not_given_causes_a_warning()
    {
        var check = Check(Instance("web-1", Service("http", NeedsValue("db", "elsewhere", "ip"))));

        Assert.Empty(check.Problems);
        Assert.Equal(
            [
                "web[http].db refers to instance 'elsewhere', which is not among the given instances: "
                + "until it is registered in deployable 'shop', web[http].db has no value",
            ],
            check.Warnings.Messages());
    }

    [Fact]
    public void A_UUID_in_the_wrong_case_causes_a_warning_with_the_correct_UUID()
    {
        var check = Check(Instance("web-1", Service("http", NeedsValue("db", "DB-1", "ip"))), Instance("db-1").Providing("ip"));

        Assert.Contains("did you mean 'db-1'?", Assert.Single(check.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_that_wait_for_each_other_to_end_are_refused_and_the_finding_shows_the_cycle()
    {
        var check = Check(
            Instance("web-1", Service("http", NeedsEnd("a", "db-1", "mysql"))),
            Instance("db-1", Service("mysql", NeedsEnd("b", "web-1", "http"))),
            Instance("solo-1", Service("s", NeedsEnd("c", "solo-1", "s"))));

        Assert.Equal(
            [
                "services wait for each other to end and would never start: web[http] -> db[mysql] -> web[http]",
                "services wait for each other to end and would never start: solo[s] -> solo[s]",
            ],
            check.Problems.Messages());
    }

    [Fact]
    public void Every_finding_is_reported_at_once()
    {
        var check = Check(
            Instance("web-1", Service("http", NeedsValue("db", "db-1", "nothing"))),
            Instance("db-1") with { Deployable = DeployableId.Parse("other") },
            Instance("db-2") with { DeployableName = "Other" },
            Instance("web-1"));

        Assert.Equal(4, check.Problems.Length);
        Assert.Contains(
            check.Problems.Messages(), message => message.Contains("names deployable 'other', but web", StringComparison.Ordinal));
        Assert.Contains(check.Problems.Messages(), message => message.Contains("calls the deployable 'Other'", StringComparison.Ordinal));
        Assert.Contains(
            check.Problems.Messages(), message => message.Contains("'web-1' is given more than once", StringComparison.Ordinal));
    }

    [Fact]
    public void An_instance_that_breaks_the_rules_for_configs_is_refused()
    {
        var check = Check(Instance("web-1", Service("a|b", new ParameterConfig { Name = "p" })));

        Assert.Equal(2, check.Problems.Length);
        Assert.All(check.Problems.Messages(), message => Assert.StartsWith("web: ", message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_deployable_without_instances_is_refused() =>
        Assert.Equal(["the deployable has no instances: give at least one"], Check().Problems.Messages());

    [Fact]
    public void Instances_with_the_same_name_are_shown_with_their_UUIDs()
    {
        var check = Check(Instance("web-1", Service("http", NeedsValue("p", "web-2", "x"))), Instance("web-2").Providing("xy"));

        Assert.StartsWith(
            "web (web-1)[http].p refers to provided parameter 'x' of web (web-2)", check.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_becomes_the_value_of_an_open_parameter_causes_a_warning()
    {
        var db = Instance("db-1").Providing("password", "port") with { SecretParameters = ["password"] };
        var secret = NeedsValue("hidden", "db-1", "password") with { Secret = true };
        var group = new ParameterConfig
        {
            Name = "all",
            Group = new() { Assembly = "db", Members = [db.Id], Kind = ReferenceKind.ProvidedParameter, Name = "password" },
        };

        var check = Check(
            db,
            Instance("web-1", Service("http", NeedsValue("open", "db-1", "password"), secret, NeedsValue("port", "db-1", "port"), group)));

        Assert.Empty(check.Problems);
        Assert.Equal(
            [
                "web[http].open takes the secret 'password' of db and is not secret itself, so reports may show it; mark it as secret",
                "web[http].all takes the secret 'password' of db and is not secret itself, so reports may show it; mark it as secret",
            ],
            check.Warnings.Messages());
        Assert.Equal("services/0/parameters/0/reference/parameter", check.Warnings[0].Path);
    }

    [Fact]
    public void A_chain_of_100_000_services_does_not_overflow_the_stack()
    {
        const int length = 100_000;
        var chain = Enumerable.Range(0, length)
            .Select(i => Instance($"i-{i}", Service("s", NeedsEnd("next", $"i-{(i + 1) % length}", "s"))))
            .ToArray();

        var problem = Assert.Single(Check(chain).Problems);
        Assert.EndsWith("(99988 more) -> i (i-0)[s]", problem.Message, StringComparison.Ordinal);
    }

    private static RegistrationCheck Check(params InstanceConfig[] instances) => RegistrationCheck.Run(instances, new DocumentLimits());
}
