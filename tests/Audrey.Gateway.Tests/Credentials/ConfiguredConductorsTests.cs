using System.Text.Json.Nodes;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Credentials;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ConfiguredConductorsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LogLines _log = new();

    [Fact]
    public void If_no_credential_is_configured_one_is_created_that_only_its_owner_can_read()
    {
        var made = Credentials();
        var path = Path.Combine(_directory.Path, "data", "conductor.json");
        Assert.Equal(path, made.Location);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var file = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.NotNull(made.Find((string)file["key"]!));
        Assert.True(((string)file["secret"]!).Length >= 32);
        Assert.Contains(path, _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((string)file["secret"]!, _log.Text, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_created_credential_is_used_from_then_on()
    {
        Credentials();
        var before = File.ReadAllText(Path.Combine(_directory.Path, "data", "conductor.json"));
        Credentials();
        Assert.Equal(before, File.ReadAllText(Path.Combine(_directory.Path, "data", "conductor.json")));
    }

    [Fact]
    public async Task If_many_servers_start_at_once_one_of_them_creates_the_credential_and_all_use_it()
    {
        var path = Path.Combine(_directory.Path, "data", "conductor.json");
        var secrets = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => Convert.ToHexString(ConductorCredentialFile.ReadOrMake(path).Secret))));
        Assert.Single(secrets.Distinct());
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"key": "k"}""")]
    [InlineData("""{"key": "", "secret": "s"}""")]
    [InlineData("""{"key": 1, "secret": "s"}""")]
    public void The_error_for_a_damaged_file_names_the_file_and_the_remedy(string content)
    {
        var path = Path.Combine(_directory.Path, "data", "conductor.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        var failure = Assert.Throws<IOException>(() => Credentials());
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_configured_credentials_are_used_and_a_short_secret_causes_a_warning()
    {
        var credentials = Credentials(("one", "a secret that is long enough"), ("other", "short"));
        Assert.NotNull(credentials.Find("one"));
        Assert.NotNull(credentials.Find("other"));
        Assert.Null(credentials.Find("third"));
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, "data")));
        Assert.Contains("conductor other", _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("conductor one", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_conductor_is_an_administrator_and_the_others_are_operators_unless_their_roles_are_set()
    {
        var options = new ConductorOptions();
        options.Conductors.Add(new ConductorEntry { Key = "first", Secret = "a secret that is long enough" });
        options.Conductors.Add(new ConductorEntry { Key = "second", Secret = "a secret that is long enough" });
        options.Conductors.Add(new ConductorEntry
        {
            Key = "third",
            Secret = "a secret that is long enough",
            Role = ConductorRole.Viewer,
            ActsFor = "second",
        });
        var conductors = new ConfiguredConductors(Options.Create(options), new Logger<ConfiguredConductors>(new LoggerFactory([_log])));
        Assert.Equal(ConductorRole.Administrator, conductors.Find("first")!.Identity.Role);
        Assert.Equal(ConductorRole.Operator, conductors.Find("second")!.Identity.Role);
        Assert.Equal(
            new(ConductorKey.Parse("second"), ConductorRole.Viewer, ConductorKey.Parse("third")), conductors.Find("third")!.Identity);
    }

    [Fact]
    public void A_key_with_a_colon_causes_a_warning_because_version_3_cannot_accept_it()
    {
        Assert.NotNull(Credentials(("a:b", "a secret that is long enough")).Find("a:b"));
        Assert.Contains("key of conductor a:b contains a colon", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_conductor_that_may_leave_its_forms_unsigned_causes_a_warning()
    {
        var options = new ConductorOptions();
        options.Conductors.Add(new ConductorEntry { Key = "new", Secret = "a secret that is long enough" });
        options.Conductors.Add(new ConductorEntry { Key = "old", Secret = "a secret that is long enough", UnsignedForms = true });
        var conductors = new ConfiguredConductors(Options.Create(options), new Logger<ConfiguredConductors>(new LoggerFactory([_log])));

        Assert.False(conductors.MaySendUnsignedForms("new"));
        Assert.True(conductors.MaySendUnsignedForms("old"));
        var warning = Assert.Single(_log.Text.Split('\n'));
        Assert.StartsWith("Warning Conductor old may leave its forms unsigned", warning, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private ConfiguredConductors Credentials(params (string Key, string Secret)[] configured)
    {
        var options = new ConductorOptions { DataDirectory = Path.Combine(_directory.Path, "data") };
        foreach (var (key, secret) in configured) options.Conductors.Add(new ConductorEntry { Key = key, Secret = secret });
        return new ConfiguredConductors(Options.Create(options), new Logger<ConfiguredConductors>(new LoggerFactory([_log])));
    }
}
