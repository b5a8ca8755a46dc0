using Audrey.Cli.Launching.Local;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Support;

/// <summary>A server in the test process. Commands find its credential in its data directory.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public const string Name = "a server";

    private readonly TempDirectory _directory = new();
    private LocalServer? _server;

    /// <summary>The environment of commands that connect to this server without a profile.</summary>
    internal Dictionary<string, string> Environment => new()
    {
        ["HOME"] = _directory.File("home"),
        ["AUDREY_DATA"] = _directory.Path,
        ["AUDREY_URL"] = _server!.Endpoint.ToString(),
    };

    internal LocalServer Server => _server!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync(_directory.Path, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Adds a conductor and returns the environment of its commands, whose profile is in the given directory.</summary>
    internal async Task<Dictionary<string, string>> AddConductorAsync(string key, TempDirectory directory, params string[] options)
    {
        var secret = directory.File($"{key}.secret");
        Assert.Equal(0, (await Cli.RunAsync(Environment, ["conductor", "add", key, "--output", secret, .. options])).Code);
        var environment = new Dictionary<string, string> { ["AUDREY_PROFILES"] = directory.File($"{key}.profiles") };
        var login = await Cli.RunAsync(
            environment, ["login", key, "--url", Server.Endpoint.ToString(), "--key", key, "--secret-file", secret]);
        Assert.Equal((0, ""), (login.Code, login.Error));
        return environment;
    }
}

[CollectionDefinition(ServerFixture.Name)]
public sealed class ServerTests : ICollectionFixture<ServerFixture>;
