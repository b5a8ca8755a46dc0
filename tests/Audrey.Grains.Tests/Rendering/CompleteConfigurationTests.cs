using System.Text;
using System.Text.Json;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Rendering;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Tests.Rendering;

/// <summary>The hand-written renderer produces the same bytes as the JSON serializer of the protocol's types.</summary>
public sealed class CompleteConfigurationTests
{
    private static readonly InstanceId Db = InstanceId.Parse("db");
    private static readonly InstanceId Web = InstanceId.Parse("web");

    public static TheoryData<ParameterType, byte[]> Values()
    {
        byte[][] values =
        [
            [],
            .. new[] { "text", " ", "42", "-7", "1.5", "true", "False", "a\nb", "a\n" }.Select(Encoding.UTF8.GetBytes),
            .. new[] { "quote \" and \\ and / and <b>&'+`", "\u0000\u0001\t\r\u001f\u007f",
                "Grüße, 猫, 😀, \u2028\u2029\ufeff" }.Select(Encoding.UTF8.GetBytes),
            [0xff], [(byte)'a', 0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0x80, (byte)'\n', (byte)'x'],
        ];
        var data = new TheoryData<ParameterType, byte[]>();
        foreach (var type in Enum.GetValues<ParameterType>())
            foreach (var value in values) data.Add(type, value);
        return data;
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_of_any_type_are_rendered_in_the_same_way_as_by_the_serializer(ParameterType type, byte[] value) =>
        AssertSame(Of(new ServiceConfig { Name = "http", Parameters = [new() { Name = "p", Type = type, Value = value }] }));

    [Theory]
    [InlineData("plain")]
    [InlineData("with \" and ü and <")]
    public void Names_and_secrets_are_rendered_in_the_same_way_as_by_the_serializer(string name) => AssertSame(Of(
        new ServiceConfig
        {
            Name = name,
            Parameters = [new() { Name = name, Value = "v"u8.ToArray(), Secret = true },
            new() { Name = "n", Type = ParameterType.Integer, Value = "x"u8.ToArray(), Secret = true }]
        },
        new ServiceConfig { Name = "second" }));

    [Fact]
    public void A_configuration_says_that_the_guest_stays_and_its_revision_does_not_depend_on_it()
    {
        var service = new ServiceConfig { Name = "http", Parameters = [new() { Name = "p", Value = "v"u8.ToArray() }] };
        var instance = Of(service).Registered!;
        var silent = new ConfigurationAnswers(instance).Answer();
        var config = instance.Config with { Stay = true };
        var staying = new InstanceMachine(Web, instance.Definition with { Config = config }, instance.Reported).Registered!;

        var answer = new ConfigurationAnswers(staying).Answer();

        Assert.Equal(silent.Revision, answer.Revision);
        var expected = JsonSerializer.Deserialize(silent.Body, Version3Json.Default.Configuration)! with { Stay = true };
        Assert.Equal(
            Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(expected, Version3Json.Default.Configuration)),
            Encoding.UTF8.GetString(answer.Body!));
        Assert.DoesNotContain("stay", Encoding.UTF8.GetString(silent.Body!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_demanded_run_is_rendered_in_the_same_way_as_by_the_serializer_and_changes_the_revision()
    {
        var machine = Of(new ServiceConfig { Name = "http" });
        var before = new ConfigurationAnswers(machine.Registered!);
        var revision = before.Revision;

        machine.Commit(machine.Amend(row => row.Retry([new("http", 2, default)])), DateTimeOffset.UnixEpoch);

        AssertSame(machine);
        Assert.NotEqual(revision, before.Revision);
        Assert.Contains("\"retry\":2", Encoding.UTF8.GetString(before.Answer().Body!), StringComparison.Ordinal);
    }

    /// <summary>If revisions changed with a version of the server, every guest would be out of date after the upgrade.</summary>
    [Fact]
    public void A_revision_is_the_same_as_in_earlier_versions_of_the_server() => Assert.Equal(
        "c09cd97814a6088d4caef5a421ab436f",
        new ConfigurationAnswers(Of(new ServiceConfig
        {
            Name = "http",
            Parameters =
            [
                new() { Name = "p", Value = "v"u8.ToArray() },
                new() { Name = "n", Type = ParameterType.Integer, Value = "7"u8.ToArray() },
            ],
        }).Registered!).Revision);

    [Fact]
    public void An_empty_configuration_is_rendered_in_the_same_way_as_by_the_serializer() => AssertSame(Of());

    [Fact]
    public void Values_of_providers_and_groups_and_default_values_are_rendered_in_the_same_way_as_by_the_serializer()
    {
        var machine = Of(new ServiceConfig
        {
            Name = "http",
            Parameters =
            [
                new() { Name = "default", Reference = new(InstanceId.Parse("never"), ReferenceKind.ProvidedParameter, "ip"),
                    Default = "d"u8.ToArray() },
                new() { Name = "group",
                    Group = new() { Assembly = "g", Members = [Db, Web], Kind = ReferenceKind.ProvidedParameter, Name = "ip" } },
                new() { Name = "one", Reference = new(Db, ReferenceKind.ProvidedParameter, "ip") },
                new() { Name = "given", Value = "g"u8.ToArray() },
            ],
        });
        Accept(machine, Db, "10.0.0.1"u8.ToArray());
        Accept(machine, Web, [0xff]);
        AssertSame(machine);
        Accept(machine, Web, "10.0.0.2"u8.ToArray(), version: 2);
        AssertSame(machine);
        Assert.Contains(
            """["10.0.0.1","10.0.0.2"]""",
            Encoding.UTF8.GetString(CompleteConfiguration.Render(machine.Registered!, "r")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_values_of_a_group_that_are_not_UTF8_have_the_same_bytes_as_in_version_2()
    {
        var group = new GroupReference { Assembly = "g", Members = [Db, Web], Kind = ReferenceKind.ProvidedParameter, Name = "ip" };
        var machine = Of(new ServiceConfig { Name = "http", Parameters = [new() { Name = "ips", Group = group }] });
        Accept(machine, Db, [0xff]);
        Accept(machine, Web, []);
        var bytes = Convert.ToBase64String([0xff, (byte)'\n', (byte)'\n']);

        Assert.Equal(
            $"|service|http|parameters|ips&{bytes}|",
            Encoding.UTF8.GetString(new TextAnswers(machine.Registered!).Configuration().Body));
        Assert.Equal(bytes, ConfigurationParts.ToActUpon(machine.Registered!)[0].Parameters[0].Base64);
        AssertSame(machine);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    public void An_exit_status_is_rendered_in_the_same_way_as_by_the_serializer(string status)
    {
        var machine = Of(
            new ServiceConfig
            {
                Name = "http",
                Parameters = [new() { Name = "up", Reference = new(Db, ReferenceKind.ServiceEnd, "mysql") }]
            },
            new ServiceConfig { Name = "other" });
        Accept(machine, Db, "1"u8.ToArray(), end: status);
        AssertSame(machine);
        Assert.Equal(status != "0", Encoding.UTF8.GetString(CompleteConfiguration.Render(machine.Registered!, "r")).Contains(
            "\"failed\":[{", StringComparison.Ordinal));
    }

    [Fact]
    public void A_short_configuration_after_a_long_one_is_rendered_in_the_same_way_as_by_the_serializer()
    {
        AssertSame(Of(new ServiceConfig
        {
            Name = "s",
            Parameters = [.. Enumerable.Range(0, 50).Select(i => new ParameterConfig { Name = $"p{i}", Value = new byte[4000] })]
        }));
        AssertSame(Of(new ServiceConfig { Name = "s" }));
    }

    [Fact]
    public void The_digest_of_an_uploaded_tarball_is_rendered_in_the_same_way_as_by_the_serializer()
    {
        var machine = Of(new ServiceConfig { Name = "s" });
        machine.Commit(machine.Amend(definition => definition with { UploadedTarball = "9f86" }), DateTimeOffset.UnixEpoch);
        AssertSame(machine);
        Assert.EndsWith(
            "\"tarballSha256\":\"9f86\"}",
            Encoding.UTF8.GetString(CompleteConfiguration.Render(machine.Registered!, "r")),
            StringComparison.Ordinal);
    }

    private static InstanceMachine Of(params ServiceConfig[] services)
    {
        var config = new InstanceConfig
        {
            Id = InstanceId.Parse("self"),
            Name = "self",
            Secret = "secret",
            Deployable = DeployableId.Parse("d"),
            DeployableName = "d",
            Services = [.. services],
        };
        var definition = new InstanceDefinition().Register(config, ConductorKey.Parse("c"), 1, 0, 0, null, DateTimeOffset.UnixEpoch);
        return new InstanceMachine(config.Id, definition, new InstanceReported());
    }

    private static void Accept(InstanceMachine machine, InstanceId provider, byte[] ip, long version = 1, string? end = null) =>
        machine.Accept(
        new ProviderSnapshot
        {
            Provider = provider,
            Version = version,
            Deployable = machine.Registered!.Config.Deployable,
            Incarnation = 1,
            Values = [new("ip", ip)],
            ServiceEnds = end is null ? [] : [new("mysql", Encoding.UTF8.GetBytes(end))],
        },
        DateTimeOffset.UnixEpoch);

    private static void AssertSame(InstanceMachine machine)
    {
        var instance = machine.Registered!;
        Assert.True(instance.Required.Complete);
        var expected = JsonSerializer.SerializeToUtf8Bytes(
            new Configuration
            {
                Revision = "r",
                Generation = instance.Definition.Generation,
                Complete = true,
                Services = ConfigurationParts.ToActUpon(instance),
                TarballSha256 = instance.Definition.UploadedTarball,
            },
            Version3Json.Default.Configuration);
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(CompleteConfiguration.Render(instance, "r")));
    }
}
