using System.Text.Json.Nodes;
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
    public void With_none_configured_one_is_made_that_only_its_owner_may_read()
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
    public void The_one_that_was_made_is_used_from_then_on()
    {
        Credentials();
        var before = File.ReadAllText(Path.Combine(_directory.Path, "data", "conductor.json"));
        Credentials();
        Assert.Equal(before, File.ReadAllText(Path.Combine(_directory.Path, "data", "conductor.json")));
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_makes_it_and_all_use_it()
    {
        var path = Path.Combine(_directory.Path, "data", "conductor.json");
        var secrets = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Convert.ToHexString(ConductorCredentialFile.ReadOrMake(path).Secret))));
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
    public void A_damaged_file_is_named_with_what_to_do(string content)
    {
        var path = Path.Combine(_directory.Path, "data", "conductor.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        var failure = Assert.Throws<IOException>(() => Credentials());
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configured_ones_are_used_alone_and_a_short_secret_is_warned_of()
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
    public void A_key_with_a_colon_is_warned_of_because_version_3_cannot_accept_it()
    {
        Assert.NotNull(Credentials(("a:b", "a secret that is long enough")).Find("a:b"));
        Assert.Contains("key of conductor a:b contains a colon", _log.Text, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private ConfiguredConductors Credentials(params (string Key, string Secret)[] configured)
    {
        var options = new ConductorOptions { DataDirectory = Path.Combine(_directory.Path, "data") };
        foreach (var (key, secret) in configured) options.Conductors.Add(new ConductorEntry { Key = key, Secret = secret });
        return new ConfiguredConductors(Options.Create(options), new Logger<ConfiguredConductors>(new LoggerFactory([_log])));
    }
}
