using System.Text;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Planning;
using Audrey.Core.Registration;
using Audrey.Core.Tests.Planning;

namespace Audrey.Core.Tests.Deployables;

/// <summary>A document says what instances provide as the list <c>returns</c> or as the mapping <c>provided</c>, with facts.</summary>
public sealed class ProvidedTests
{
    [Fact]
    public void Both_forms_name_facts_and_secrets()
    {
        var returns = Read(
            """
                returns: [address, {name: key, secret: true}]
                provided:
                  hostname:
                  ssh_port: {fact: Sysconfig.sshd-port}
                  release: {fact: Package.lib.c6, secret: true}
            """);

        Assert.Equal<ReturnDocument>(
            [
                new("address"),
                new("key", true),
                new("hostname"),
                new("ssh_port", false, new FactName("Sysconfig", "sshd-port")),
                new("release", true, new FactName("Package", "lib.c6")),
            ],
            returns.Document!.Assemblies.Single().Returns);
    }

    [Theory]
    [InlineData("provided: {a: {fact: sshd-port}}", "is not the name of a fact; write CLASS.PROPERTY, such as Sysconfig.sshd-port")]
    [InlineData("provided: {a: {fact: ''}}", "is not the name of a fact")]
    [InlineData("provided: {a: {fact: []}}", "fact of provided parameter a of assembly db is a list")]
    [InlineData("provided: {a: {facts: A.b}}", "did you mean fact?")]
    [InlineData("provided: [a]", "provided of assembly db is a list")]
    [InlineData("returns: [a]\n    provided: {a: }", "a second return a of assembly db; names must be unique")]
    public void A_wrong_fact_is_a_finding(string text, string finding)
    {
        var result = Read("    " + text);

        Assert.Null(result.Document);
        Assert.Contains(result.Findings, found => found.ToString().Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void The_planner_gives_the_fact_to_every_instance()
    {
        var document = Read("    provided: {ssh_port: {fact: Sysconfig.sshd-port}}").Document!;

        var plan = LaunchPlanner.Plan(document, new LaunchOptions { Identities = new CountedIdentities() }).Plan!;

        var config = plan.Instances.Single().Config;
        Assert.Equal("Sysconfig.sshd-port", config.FactOf("ssh_port")!.ToString());
        var others = config with { ProvidedFacts = [new("ssh_port", new("Sysconfig", "sshd-ports"))] };
        var none = config with { ProvidedFacts = [] };
        Assert.Equal(3, new[] { config, others, none }.Select(one => RegistrationDigest.Compute([one], null)).Distinct().Count());
    }

    private static DeployableResult Read(string assembly) => DeployableFiles.Read(
        [new DocumentFile("d.yaml", Encoding.UTF8.GetBytes($"audrey: 1\nname: D\nassemblies:\n  db:\n{assembly}\n"))],
        new DocumentLimits());
}
