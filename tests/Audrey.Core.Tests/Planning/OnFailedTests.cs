using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;

namespace Audrey.Core.Tests.Planning;

/// <summary>A reference says whether a service runs after a failure. In documents of 2012, which do not say it, the service runs.</summary>
public sealed class OnFailedTests
{
    [Theory]
    [InlineData("", FailurePolicy.Stop)]
    [InlineData(", on_failed: stop", FailurePolicy.Stop)]
    [InlineData(", on_failed: go-on", FailurePolicy.GoOn)]
    public void In_YAML_a_service_stops_by_default(string key, FailurePolicy expected) => Assert.Equal(
        expected,
        PolicyOf("""
            audrey: 1
            name: Shop
            assemblies:
              web:
                services:
                  http:
                    script: {run: "true"}
                    parameters:
                      p: {from: db, service: mysql KEY}
              db:
                services:
                  mysql:
                    script: {run: "true"}
            """.Replace(" KEY", key, StringComparison.Ordinal)));

    [Fact]
    public void In_Deployable_1_0_a_service_goes_on_as_in_2012() => Assert.Equal(
        FailurePolicy.GoOn,
        PolicyOf("""
            <deployable name="Shop"><assemblies>
            <assembly name="web" hwp="h"><image id="i"/><services><service name="http"><executable url="http://h/s"/>
            <parameters><parameter name="p"><reference assembly="db" service="mysql"/></parameter></parameters>
            </service></services></assembly>
            <assembly name="db" hwp="h"><image id="i"/><services>
            <service name="mysql"><executable url="http://h/s"/></service></services></assembly>
            </assemblies></deployable>
            """));

    [Fact]
    public void A_reference_to_a_value_cannot_stop_and_digests_without_a_policy_stay_the_same()
    {
        var reference = new ParameterReference(InstanceId.Parse("db"), ReferenceKind.ProvidedParameter, "ip");
        var value = new ParameterConfig { Name = "p", Reference = reference };
        var end = value with { Reference = reference with { Kind = ReferenceKind.ServiceEnd } };
        var limits = new DocumentLimits();

        Assert.Contains(
            "service s: parameter p stops after a failure, but does not refer to the end of a service",
            InstanceConfigRules.Problems(With(value with { OnFailed = FailurePolicy.Stop }), limits));
        Assert.Empty(InstanceConfigRules.Problems(With(end with { OnFailed = FailurePolicy.Stop }), limits));
        Assert.NotEqual(
            RegistrationDigest.Compute([With(end)], null),
            RegistrationDigest.Compute([With(end with { OnFailed = FailurePolicy.Stop })], null));
    }

    private static InstanceConfig With(ParameterConfig parameter) => new()
    {
        Id = InstanceId.Parse("web"),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse("shop"),
        DeployableName = "Shop",
        Services = [new ServiceConfig { Name = "s", Parameters = [parameter] }],
    };

    private static FailurePolicy PolicyOf(string document)
    {
        var read = DeployableFiles.Read([new DocumentFile("shop", Encoding.UTF8.GetBytes(document))], new DocumentLimits());
        Assert.Empty(read.Findings);
        var parameter = Shop.Plan(read.Document!).Instances[0].Config.Services.Single().Parameters.Single();
        return parameter.OnFailed;
    }
}
