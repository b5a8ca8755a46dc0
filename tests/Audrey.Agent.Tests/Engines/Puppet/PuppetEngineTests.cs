using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Services;
using Audrey.Agent.Stages;
using Audrey.Agent.Standalone;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Tests.Engines.Puppet;

/// <summary>The tests run the real Puppet with a module that writes its parameters to a file.</summary>
public sealed class PuppetEngineTests : IDisposable
{
    private readonly Guest _guest = new();
    private readonly RunOptions _options;

    public PuppetEngineTests()
    {
        var manifests = Directory.CreateDirectory(_guest.File("modules/probe/manifests")).FullName;
        File.WriteAllText(
            Path.Combine(manifests, "init.pp"),
            """
            class probe (
              String $target,
              String $text = '',
              Integer[1, 65535] $port = 1,
              Boolean $flag = false,
              Array[Pattern[/\A[a-z]+\z/]] $names = [],
              Hash[String, Any] $deep = {},
            ) {
              file { $target:
                ensure       => file,
                content      => "${text}|${port}|${flag}|${names}|${deep}",
                validate_cmd => '/usr/bin/grep -qv refused %',
              }
            }
            """);
        _options = new RunOptions { Puppet = new PuppetOptions { ModulePath = [_guest.File("modules")] } };
    }

    private string Target => _guest.File("target");

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task Values_are_literal_and_typed_and_a_second_run_changes_nothing()
    {
        const string text = "%{facts.os} ${port} <%= 1 %> it's \\\"no\\\" 0644\\n\\u00e9";
        var config = Config($"text: \"{text}\", port: 2222, flag: true, names: [ab, no], deep: {{ k: {{ n: 5, s: \"5\" }} }}");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(config, _options));

        Assert.Equal("%{facts.os} ${port} <%= 1 %> it's \"no\" 0644\né|2222|true|[ab, no]|{k => {n => 5, s => 5}}",
            await File.ReadAllTextAsync(Target));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(_guest.State, "puppet"), "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name is "last_run_report.yaml" or "transactionstore.yaml");
        var written = File.GetLastWriteTimeUtc(Target);
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(config, _options));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Target));
        Assert.DoesNotContain(
            "Notice: /Stage", await File.ReadAllTextAsync(Path.Combine(_guest.State, "services/puppet/stdout")), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_guest.State, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("it's", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port: 99999", "parameter 'port' expects", "99999")]
    [InlineData("port: \"2222\"", "parameter 'port' expects an Integer", "2222")]
    [InlineData("names: [\"evil\\nPermitRootLogin yes\"]", "parameter 'names'", "PermitRootLogin")]
    [InlineData("nmaes: [\"hidden\"]", "has no parameter named 'nmaes'", "hidden")]
    public async Task A_wrong_value_fails_with_the_reason_from_Puppet_and_without_the_value(string parameter, string reason, string value)
    {
        await File.WriteAllTextAsync(Target, "as before");

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync(Config(parameter), _options));

        var puppet = Assert.Single(_guest.Status.Services);
        Assert.Equal(1, puppet.ExitStatus);
        Assert.Contains(reason, puppet.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(value, puppet.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(_guest.Log, line => line.Contains(value, StringComparison.Ordinal));
        Assert.Equal("as before", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_failed_resource_fails_the_service()
    {
        await File.WriteAllTextAsync(Target, "as before");

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync(Config("text: \"refused\""), _options));

        Assert.Equal(4, Assert.Single(_guest.Status.Services).ExitStatus);
        Assert.Equal("as before", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_service_with_a_file_of_classes_is_applied_by_Puppet_with_typed_parameters()
    {
        await using var server = new FakeConfigServer();
        using var guest = new Guest(server.Endpoint);
        server.Service("web", ("port", "2222", null), ("flag", "true", null), ("greeting", "it's no 0644", null));
        server.Tarball = TestTarball.Create(
            ("web/start", "#!/bin/sh\nexit 99\n"),
            ("web/puppet.yaml",
                $"""
                audrey: 1
                puppet:
                  classes:
                    probe:
                      target: "{Target}"
                      port: {"{"} parameter: port, type: integer {"}"}
                      flag: {"{"} parameter: flag, type: boolean {"}"}
                      text: {"{"} parameter: greeting, type: string {"}"}
                """));

        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(_options));
        Assert.Equal("it's no 0644|2222|true|[]|{}", await File.ReadAllTextAsync(Target));

        server.Services[0].Parameters[0] = ("port", "022", null);
        Assert.Equal(AgentExitCode.ServiceFailed, await guest.RunAsync(_options));
        Assert.Equal("puppet.yaml, line 6, column 26: the parameter port does not have the type integer",
            Assert.Single(guest.Status.Services).Problem);
        Assert.Equal([("web", "0"), ("web", "126")], server.Reported);
    }

    [Fact]
    public async Task Without_Puppet_classes_fail()
    {
        var options = _options with { Puppet = _options.Puppet with { Programs = [_guest.File("no-puppet")] } };

        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync(Config("port: 1"), options));

        Assert.StartsWith("Puppet is not installed", Assert.Single(_guest.Status.Services).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_are_quoted_and_numbers_and_booleans_are_not()
    {
        var config = StandaloneReader.Read(StrictYamlReader.Read(
            "audrey: 1\npuppet: { classes: { a::b: { s: no, t: \"0644\", i: 12, b: true, n: 1.5, l: [x, 1], e: [] } } }"));
        Assert.Equal(
            """
            ---
            {"classes" : {"a::b" : {"s" : "no", "t" : "0644", "i" : 12, "b" : true, "n" : 1.5, "l" : ["x", 1, ], "e" : [], }, }, }

            """,
            Encoding.UTF8.GetString(ClassifierDocument.Render(config.Classes)));
    }

    /// <summary>Ruby reads the document as Puppet does.</summary>
    [Fact]
    public async Task Ruby_reads_every_character_and_a_long_key_as_they_were_given()
    {
        var text = string.Concat(Enumerable.Range(0, 0xd800).Select(code => (char)code)) + "\ufeff\uffff\U0001f600 \" # : '";
        var scalar = new TypedScalar(text, ScalarKind.Text, 0, 0);
        var key = new TypedScalar(string.Concat(Enumerable.Repeat("\u0085'", 2000)), ScalarKind.Text, 0, 0);
        var map = new TypedMap([KeyValuePair.Create<TypedScalar, TypedNode>(key, scalar)], 0, 0);
        await File.WriteAllBytesAsync(
            _guest.File("classes"), ClassifierDocument.Render([new PuppetClass("c", [KeyValuePair.Create<string, TypedNode>("p", map)])]));

        var read = await Tool.RunAsync(
            "ruby", "-ryaml", "-rjson", "-e", $"print JSON.generate(YAML.load_file('{_guest.File("classes")}'))");

        var entry = Assert.Single(JsonNode.Parse(read)!["classes"]!["c"]!["p"]!.AsObject());
        Assert.Equal((key.Text, text), (entry.Key, entry.Value!.GetValue<string>()));
    }

    private string Config(string parameters) =>
        $"audrey: 1\npuppet: {{ classes: {{ probe: {{ target: \"{Target}\", {parameters} }} }} }}\n";
}
