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
        Assert.Equal(["port", "listen_addresses", "password_authentication", "permit_root_login"],
            sshd.Parameters.Select(parameter => parameter.Key));
        Assert.Equal(ScalarKind.Integer, Assert.IsType<TypedScalar>(sshd.Parameters[0].Value).Kind);
        Assert.Equal("0.0.0.0", Assert.IsType<TypedScalar>(Assert.Single(Assert.IsType<TypedList>(sshd.Parameters[1].Value).Items)).Text);
        Assert.Equal(ScalarKind.Boolean, Assert.IsType<TypedScalar>(sshd.Parameters[2].Value).Kind);
        Assert.Equal(("no", ScalarKind.Text), (((TypedScalar)sshd.Parameters[3].Value).Text, ((TypedScalar)sshd.Parameters[3].Value).Kind));
        Assert.Equal(("motd::banner", 0), (config.Classes[1].Name, config.Classes[1].Parameters.Count));
        var motd = Assert.Single(config.Services);
        Assert.Equal("#!/bin/sh\ncat motd\n", motd.Executable);
        Assert.Equal([new("motd", "Welcome.\n")], motd.Files);
        Assert.Equal([("key", "value"), ("count", "3")],
            motd.Parameters.Select(parameter => (parameter.Name, Encoding.UTF8.GetString(parameter.Value))));
    }

    [Theory]
    [InlineData("audrey: 2", "line 1, column 9: this program reads format 1, not 2")]
    [InlineData("audrey: \"1\"", "the number of the format is missing: audrey: 1")]
    [InlineData("audrey: 1", "there is no Puppet class and no service")]
    [InlineData("audrey: 1\npupet: {}", "line 2, column 1: the document has no such key; its keys are audrey, puppet, services")]
    [InlineData("audrey: 1\npuppet: { classes: { Sshd: {} } }", "this is not a valid name of a Puppet class")]
    [InlineData("audrey: 1\npuppet: { classes: { \"sshd\\n\": {} } }", "this is not a valid name of a Puppet class")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { noop: true } } }", "or Puppet reserves it")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: } }", "the value is missing")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { port: 0o17 } } }", "YAML parsers disagree about this number")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { mode: 0644 } } }", "YAML parsers disagree about this number")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { time: 1:30 } } }", "YAML parsers disagree about this number")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { a: 1, a: 2 } } }", "the key a occurs twice")]
    [InlineData("audrey: 1\npuppet: { classes: { sshd: { a: !ruby/object:Gem {} } } }", "tags are not allowed")]
    [InlineData("audrey: 1\npuppet: &a { classes: { sshd: {} } }", "anchors and aliases are not allowed")]
    [InlineData("audrey: 1\npuppet: *a", "anchors and aliases are not allowed")]
    [InlineData("audrey: 1\n---\naudrey: 1", "more than one document")]
    [InlineData("audrey: 1\nservices: [ { name: a } ]", "executable is missing")]
    [InlineData("audrey: 1\nservices: [ { name: \"../a\", executable: x } ]", "this is not a valid name of a service")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: x }, { name: a, executable: x } ]", "another service has this name")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: x, files: { start: y } } ]",
        "this is not a valid name of a file; the name 'start' is reserved for the executable")]
    [InlineData("audrey: 1\nservices: [ { name: a, executable: 5 } ]", "executable must be a string")]
    [InlineData("audrey: 1\nservices: {", "the text is not YAML")]
    public void Errors_are_reported_with_line_column_and_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<StrictYamlException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static StandaloneConfig Read(string text) => StandaloneReader.Read(StrictYamlReader.Read(text));
}
