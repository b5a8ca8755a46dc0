using System.Text.Json.Nodes;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Tests.Credentials;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class MadeConductorTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LogLines _log = new();
    private readonly List<(ConductorKey? Key, string? Secret)> _asked = [];

    private string Data => Path.Combine(_directory.Path, "data");

    private string FilePath => Path.Combine(Data, "conductor.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_credential_of_the_cluster_is_written_to_a_file_that_only_its_owner_can_read()
    {
        var made = await StartAsync("the secret of the cluster");

        Assert.Equal((FilePath, "conductor"), (made.Location, made.Credential!.Key.Value));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        var file = JsonNode.Parse(File.ReadAllText(FilePath))!;
        Assert.Equal(("conductor", "the secret of the cluster"), ((string)file["key"]!, (string)file["secret"]!));
        Assert.Contains(FilePath, _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret of the cluster", _log.Text, StringComparison.Ordinal);
        Assert.Equal([FilePath], Directory.GetFiles(Data));
    }

    [Fact]
    public async Task A_file_is_shown_to_the_cluster_and_replaced_if_the_cluster_has_another_secret()
    {
        await StartAsync("old");
        await StartAsync("old");
        await StartAsync("rotated");

        ConductorKey? conductor = ConductorKey.Default;
        Assert.Equal([(null, null), (conductor, "old"), (conductor, "old")], _asked);
        Assert.Equal("rotated", (string)JsonNode.Parse(File.ReadAllText(FilePath))!["secret"]!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(Data));
    }

    [Fact]
    public async Task A_cluster_that_makes_no_credential_leaves_no_file()
    {
        var made = await StartAsync(secret: null);
        Assert.Null(made.Credential);
        Assert.DoesNotContain(FilePath, made.Location, StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task If_conductors_are_configured_the_cluster_is_not_asked()
    {
        var made = await StartAsync("secret", new ConductorEntry { Key = "shop", Secret = "a secret that is long enough" });
        Assert.Empty(_asked);
        Assert.Equal("Audrey:Conductors (1 configured)", made.Location);
        Assert.False(Directory.Exists(Data));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"key": "k"}""")]
    [InlineData("""{"key": "", "secret": "s"}""")]
    [InlineData("""{"key": 1, "secret": "s"}""")]
    public async Task A_damaged_file_stops_the_start_before_the_cluster_is_asked(string content)
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(FilePath, content);

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync("secret"));

        Assert.Contains(FilePath, failure.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    private async Task<MadeConductor> StartAsync(string? secret, params ConductorEntry[] configured)
    {
        var options = new ConductorOptions { DataDirectory = Data };
        foreach (var entry in configured) options.Conductors.Add(entry);
        var grain = GrainDouble.Create<ICredentialsGrain>((_, arguments) =>
        {
            _asked.Add(((ConductorKey?)arguments[0], (string?)arguments[1]));
            return Task.FromResult(secret is null ? null : new StoredCredential
            {
                Key = ConductorKey.Default,
                Secret = secret,
                Created = DateTimeOffset.UnixEpoch,
                Issued = default,
                Role = ConductorRole.Administrator,
            });
        });
        var made = new MadeConductor(
            Options.Create(options),
            GrainDouble.Create<IGrainFactory>((_, _) => grain),
            new GrainCalls(Options.Create(new GatewayOptions()), [], TimeProvider.System, NullLogger<GrainCalls>.Instance),
            new Logger<MadeConductor>(new LoggerFactory([_log])));
        await made.StartingAsync(CancellationToken.None);
        await made.StartedAsync(CancellationToken.None);
        return made;
    }
}
