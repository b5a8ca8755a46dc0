using System.Text;
using System.Text.Json;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Core.Tests.Registration;
using static Audrey.Core.Tests.Registration.Some;

namespace Audrey.Core.Tests.Differences;

public sealed class ConfigComparisonTests
{
    private static readonly ParameterConfig Port = new() { Name = "port", Value = "80"u8.ToArray() };
    private static readonly ParameterReference Reference = new(InstanceId.Parse("db-1"), ReferenceKind.ProvidedParameter, "ip");

    private static readonly GroupReference Group = new()
    {
        Assembly = "db",
        Members = [InstanceId.Parse("db-1"), InstanceId.Parse("db-2")],
        Kind = ReferenceKind.ProvidedParameter,
        Name = "ip",
    };

    [Fact]
    public void Equal_configurations_have_no_difference_even_without_shared_objects()
    {
        var web = With(Port, Port with { Name = "ip", Value = null, Group = Group }) with { ProvidedParameters = ["ip"] };
        var copy = With(
            Port with { Value = "80"u8.ToArray() },
            Port with { Name = "ip", Value = null, Group = Group with { Members = [.. Group.Members.ToArray()] } });

        Assert.Empty(Compare(web, copy with { ProvidedParameters = ["ip"] }).Found);
    }

    public static TheoryData<string, string, string?, string?> Changes => new()
    {
        { "assembly", "assembly", "\"web\"", "\"other\"" },
        { "secret", "secret of the guest", "a secret", "another secret" },
        { "type", "type", null, "\"\"" },
        { "template", "template", null, "\"t\"" },
        { "ordinal", "ordinal", null, "\"1\"" },
        { "stay", "stay", null, "false" },
        { "provided", "provided parameter ip", null, "present" },
        { "service", "service t", null, "present" },
        { "services in another order", "order of the services", "\"s, t\"", "\"t, s\"" },
        { "classes", "service s: classes", "\"\"", "\"a\"" },
        { "parameter", "service s: parameter q", null, "present" },
        { "value", "service s: parameter port", "\"80\"", "\"a\\nb\"" },
        { "long value", "service s: parameter port", "\"80\"", "200 bytes, SHA-256 aa20c23e3201" },
        { "value that is not text", "service s: parameter port", "\"80\"", "1 bytes, SHA-256 a8100ae6aa19" },
        { "reference", "service s: parameter port", "\"80\"", "parameter ip of |db-1" },
        { "end", "service s: parameter port", "\"80\"", "the end of service ip of |db-1" },
        { "group", "service s: parameter port", "\"80\"", "parameter ip of group db, the first 2, at least 1" },
        { "default", "service s: parameter port: default", null, "\"1\"" },
        { "kind", "service s: parameter port: type", "text", "integer" },
        { "policy", "service s: parameter port: on_failed", "go-on", "stop" },
        { "executable", "service s: executable", null, "1 bytes, SHA-256 2d711642b726" },
        { "file", "service s: file f", null, "0 bytes, SHA-256 e3b0c44298fc" },
        { "file by URL", "service s: file g", null, "a file by URL" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_change_is_told_with_its_place_and_both_sides(string change, string place, string? registered, string? given)
    {
        var difference = Assert.Single(Compare(Before(change), After(change)).Found);

        Assert.Equal((place, registered, given), (difference.Part, Text(difference.Registered), Text(difference.Given)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_is_registered_in_place_of_what_is_given_is_told_with_the_sides_exchanged(
        string change, string place, string? registered, string? given)
    {
        var (before, files) = Stored(After(change));
        if (change is "file by URL") files = new Dictionary<string, TarFile> { ["s/g"] = new(5, new string('a', 64)) };
        var difference = Assert.Single(ConfigComparison.Run(before, files, Before(change)).Found);

        Assert.Equal(place, difference.Part);
        if (change is "secret" or "file by URL") return;
        Assert.Equal((given, registered), (Text(difference.Registered), Text(difference.Given)));
    }

    [Fact]
    public void Members_of_a_group_are_told_if_their_number_is_the_same()
    {
        var web = With(Port with { Value = null, Group = Group });
        var other = With(Port with { Value = null, Group = Group with { Members = [Group.Members[1], Group.Members[0]] } });
        var larger = With(Port with { Value = null, Group = Group with { Members = [.. Group.Members, InstanceId.Parse("db-3")] } });

        Assert.Equal("service s: parameter port: members of the group", Assert.Single(Compare(web, other).Found).Part);
        Assert.Empty(Compare(web, larger).Found);
    }

    [Fact]
    public void Secrets_are_compared_and_never_shown()
    {
        var secret = Port with { Value = "hunter2"u8.ToArray(), Default = "hunter3"u8.ToArray(), Secret = true };
        ParameterConfig[] all =
        [
            secret,
            secret with { Value = "hunter4"u8.ToArray() },
            secret with { Default = "hunter5"u8.ToArray() },
            secret with { Secret = false },
            secret with { Secret = false, Value = "hunter6"u8.ToArray() },
            secret with { Value = null, Reference = Reference },
            secret with { Default = null },
        ];
        foreach (var (one, other) in all.SelectMany(one => all.Select(other => (one, other))).Where(pair => pair.one != pair.other))
        {
            if (!one.Secret && !other.Secret) continue;
            var found = Compare(With(one) with { Secret = "hunter7" }, With(other) with { Secret = "hunter8" });

            Assert.True(found.Found.Length >= 2, "a difference was not found");
            Assert.Contains(found.Found, difference => difference.Part == "secret of the guest");
            var text = JsonSerializer.Serialize(found.Found.Select(one => new[] { Text(one.Registered), Text(one.Given) }));
            Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
            Assert.DoesNotContain("SHA-256", text, StringComparison.Ordinal);
        }

        var differs = Assert.Single(Compare(With(secret), With(secret with { Value = "hunter4"u8.ToArray() })).Found);
        Assert.Equal(("a secret", "another secret"), (differs.Registered!.Text, differs.Given!.Text));
    }

    [Fact]
    public void An_empty_secret_is_not_compared() => Assert.Empty(Compare(With(Port), With(Port) with { Secret = "" }).Found);

    [Fact]
    public void Files_are_compared_by_digest_and_those_by_URL_are_counted()
    {
        var script = new SourceFile { Contents = "#!/bin/sh\n" };
        var (web, files) = Stored(Instance("web", Service("s") with { Executable = script, Files = [File("a", "1"), File("b", "2")] }));

        var found = ConfigComparison.Run(web, files, Instance("web", Service("s") with
        {
            Executable = new() { Url = "http://example.com/start" },
            Files = [File("a", "1"), File("b", "3"), new() { Url = "http://example.com/c" }],
        }));

        Assert.Equal(1, found.NotCompared);
        Assert.Equal(["service s: file b", "service s: file c"], found.Found.Select(difference => difference.Part));
        Assert.Equal(
            ("1 bytes, SHA-256 d4735e3a265e", "1 bytes, SHA-256 4e07408562be"),
            (found.Found[0].Registered!.Text, found.Found[0].Given!.Text));
    }

    [Fact]
    public void Files_that_are_not_known_are_counted() =>
        Assert.Equal(2, ConfigComparison.Run(
            Instance("web", Service("s")), null, Instance("web", Service("s") with { Executable = new(), Files = [File("a", "1")] }))
            .NotCompared);

    [Fact]
    public void The_differences_of_an_instance_are_bounded_and_the_others_counted()
    {
        var many = Instance("web", [.. Enumerable.Range(0, 100).Select(i => Service($"s{i}"))]);

        var found = Compare(Instance("web"), many);

        Assert.Equal((64, 36), (found.Found.Length, found.More));
    }

    private static InstanceDifferences Compare(InstanceConfig registered, InstanceConfig given)
    {
        var (stored, files) = Stored(registered);
        return ConfigComparison.Run(stored, files, given);
    }

    /// <summary>Returns the parts of a configuration that the servers keep.</summary>
    private static (InstanceConfig Config, IReadOnlyDictionary<string, TarFile> Files) Stored(InstanceConfig config)
    {
        var fetched = config.Services.SelectMany(service => service.Files).Where(file => file.Url is not null)
            .ToDictionary(file => file.Url!, _ => Array.Empty<byte>());
        var tarball = TarballBuilder.Build(config, fetched, DateTimeOffset.UnixEpoch, new DocumentLimits());
        return (config.WithoutSources(), TarFiles.Read(tarball.Bytes!)!);
    }

    private static InstanceConfig Before(string change) =>
        change == "services in another order" ? Instance("web", Service("s"), Service("t")) : With(Port);

    private static InstanceConfig After(string change)
    {
        var web = With(Port);
        var service = web.Services[0];
        return change switch
        {
            "assembly" => web with { Name = "other" },
            "secret" => web with { Secret = "other" },
            "type" => web with { Type = "" },
            "template" => web with { Template = "t" },
            "ordinal" => web with { Ordinal = 1 },
            "stay" => web with { Stay = false },
            "provided" => web with { ProvidedParameters = ["ip"] },
            "service" => web with { Services = [service, Service("t")] },
            "services in another order" => Instance("web", Service("t"), Service("s")),
            "classes" => web with { Services = [service with { Classes = ["a"] }] },
            "parameter" => With(Port, Port with { Name = "q" }),
            "value" => With(Port with { Value = "a\nb"u8.ToArray() }),
            "long value" => With(Port with { Value = Encoding.UTF8.GetBytes(new string('x', 200)) }),
            "value that is not text" => With(Port with { Value = [255] }),
            "reference" => With(Port with { Value = null, Reference = Reference }),
            "end" => With(Port with { Value = null, Reference = Reference with { Kind = ReferenceKind.ServiceEnd } }),
            "group" => With(Port with { Value = null, Group = Group with { First = 2, AtLeast = 1 } }),
            "default" => With(Port with { Default = "1"u8.ToArray() }),
            "kind" => With(Port with { Type = ParameterType.Integer }),
            "policy" => With(Port with { OnFailed = FailurePolicy.Stop }),
            "executable" => web with { Services = [service with { Executable = new() { Contents = "x" } }] },
            "file" => web with { Services = [service with { Files = [File("f", "")] }] },
            "file by URL" => web with { Services = [service with { Files = [new() { Url = "http://example.com/g" }] }] },
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }

    private static string? Text(DifferenceSide? side) => side?.Provider is { } provider ? $"{side.Text}|{provider}" : side?.Text;

    private static SourceFile File(string name, string contents) => new() { FileName = name, Contents = contents };

    private static InstanceConfig With(params ParameterConfig[] parameters) => Instance("web", Service("s", parameters));
}
