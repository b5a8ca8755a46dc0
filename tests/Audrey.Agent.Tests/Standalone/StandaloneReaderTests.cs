using System.Text;
using Audrey.Agent.Standalone;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Tests.Standalone;

public sealed class StandaloneReaderTests
{
    [Fact]
    public void Classes_and_services_are_read_with_their_types()
    {
        var config = Read(
            """
            # written by the planner
            audrey: 1
            puppet:
              classes:
                sshd: { port: 2222, listen_addresses: ["0.0.0.0"], password_authentication: false, permit_root_login: no }
                motd::banner: {}
            services:
              - name: motd
                executable: |
                  #!/bin/sh
                  cat motd
                files: { "motd": "Welcome.\n" }
                parameters: { key: "value", count: 3 }
            """);
        var sshd = config.Classes[0];
        Assert.Equal(["port", "listen_addresses", "password_authentication", "permit_root_login"], sshd.Parameters.Select(parameter => parameter.Key));
        Assert.Equal(ScalarKind.Integer, Assert.IsType<YamlScalar>(sshd.Parameters[0].Value).Kind);
        Assert.Equal("0.0.0.0", Assert.IsType<YamlScalar>(Assert.Single(Assert.IsType<YamlList>(sshd.Parameters[1].Value).Items)).Text);
        Assert.Equal(ScalarKind.Boolean, Assert.IsType<YamlScalar>(sshd.Parameters[2].Value).Kind);
        Assert.Equal(("no", ScalarKind.Text), (((YamlScalar)sshd.Parameters[3].Value).Text, ((YamlScalar)sshd.Parameters[3].Value).Kind));
        Assert.Equal(("motd::banner", 0), (config.Classes[1].Name, config.Classes[1].Parameters.Count));
        var motd = Assert.Single(config.Services);
        Assert.Equal("#!/bin/sh\ncat motd\n", motd.Executable);
        Assert.Equal([new("motd", "Welcome.\n")], motd.Files);
        Assert.Equal([("key", "value"), ("count", "3")], motd.Parameters.Select(parameter => (parameter.Name, Encoding.UTF8.GetString(parameter.Value))));
    }

    [Theory]
    [InlineData("audrey: 2", "line 1, column 9: this program knows format 1, not 2")]
    [InlineData("audrey: \"1\"", "audrey: 1, the number of the format, is missing")]
    [InlineData("audrey: 1", "there is neither a puppet class nor a service")]
    [InlineData("audrey: 1\npupet: {}", "line 2, column 1: the document has no key of this name; it has audrey, puppet, services")]
    [InlineData("audrey: 1\npuppet: { classes: { Sshd: {} } }", "this is no puppet class's name")]
    [InlineData("audrey: 1\npuppet: { classes: { \"sshd\\n\": {} } }", "this is no puppet class's name")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { noop: true } } }", "or one that puppet keeps for itself")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: } }", "there is no value")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { port: 0o17 } } }", "programs disagree on which number this is")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { mode: 0644 } } }", "programs disagree on which number this is")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { time: 1:30 } } }", "programs disagree on which number this is")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { a: 1, a: 2 } } }", "the key a comes twice")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { a: !ruby/object:Gem {} } } }", "tags are not allowed")]
    [InlineData("audrey: 1\npuppet: &a { classes: { sshd: {} } }", "anchors and aliases are not allowed")]
    [InlineData("audrey: 1\npuppet: *a", "anchors and aliases are not allowed")]
    [InlineData("audrey: 1\n---\naudrey: 1", "more than one document")]
    [InlineData("audrey: 1\nservices: [ { name: a } ]", "executable is missing")]
    [InlineData("audrey: 1\nservices: [ { name: \"../a\", executable: x } ]", "this cannot be a service's name")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: x }, { name: a, executable: x } ]", "a second service of this name")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: x, files: { start: y } } ]", "this cannot be a file's name beside start")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: 5 } ]", "executable must be a string")]
    [InlineData("audrey: 1\nservices: {", "it is not YAML")]
    public void What_is_wrong_is_refused_with_its_place(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<YamlProblemException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static StandaloneConfig Read(string text) => StandaloneReader.Read(YamlReader.Read(text));
}
