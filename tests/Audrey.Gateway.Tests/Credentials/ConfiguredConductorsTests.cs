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
    public void If_no_credential_is_configured_there_is_none_and_nothing_is_written()
    {
        Assert.Empty(Credentials().All);
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, "data")));
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
