using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Limits;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;
using Audrey.Core.Registration;
using Audrey.Core.Tests.Planning;

namespace Audrey.Core.Tests.Deployables;

public sealed class StayTests
{
    private const string Document = """
        audrey: 1
        name: Shop
        stay: true
        assemblies:
          db:
            stay: false
            returns: [address]
          web:
            hardware_profile: small
        """;

    [Fact]
    public void The_key_of_an_assembly_takes_precedence_over_that_of_the_deployable()
    {
        var document = Read(Document);

        Assert.Equal((true, false, null), (document.Stay, document.Assemblies[0].Stay, document.Assemblies[1].Stay));
        var plan = Plan(document);
        Assert.Equal([false, true], plan.Instances.Select(instance => instance.Config.Stay!.Value));
        Assert.Equal([false, true], plan.Instances.Select(instance => instance.Config.Stays));
        Assert.Equal(document.Stay, Read(Encoding.UTF8.GetString(DeployableYaml.Write(document))).Stay);
        Assert.Contains("\"stay\": false", PlanJson.Write(plan, showSecrets: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_without_the_key_leaves_the_plan_and_the_digest_as_they_were()
    {
        var said = Plan(Read(Document)).Instances.Select(instance => instance.Config).ToArray();
        var silent = said.Select(config => config with { Stay = null }).ToArray();
        var other = said.Select(config => config with { Stay = !config.Stay }).ToArray();

        Assert.Equal(3, new[] { said, silent, other }.Select(configs => RegistrationDigest.Compute(configs, null)).Distinct().Count());
        var plan = Plan(Read("audrey: 1\nname: Shop\nassemblies:\n  web:\n    hardware_profile: small\n"));
        Assert.DoesNotContain("stay", PlanJson.Write(plan, showSecrets: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stay: yes", "stay of the deployable must be true or false")]
    [InlineData("stay: [true]", "stay of the deployable must be true or false")]
    public void Any_other_value_is_a_finding(string line, string problem)
    {
        var text = Document.Replace("stay: true", line, StringComparison.Ordinal);

        var result = DeployableFiles.Read([new("a.yaml", Encoding.UTF8.GetBytes(text))], new DocumentLimits());

        Assert.Equal(problem, Assert.Single(result.Findings).Message);
    }

    private static DeployableDocument Read(string text)
    {
        var result = DeployableFiles.Read([new("a.yaml", Encoding.UTF8.GetBytes(text))], new DocumentLimits());
        Assert.Empty(result.Findings);
        return result.Document!;
    }

    private static LaunchPlan Plan(DeployableDocument document) =>
        LaunchPlanner.Plan(document, new LaunchOptions { Identities = new CountedIdentities() }).Plan!;
}
