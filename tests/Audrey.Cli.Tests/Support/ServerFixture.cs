using Audrey.Cli.Launching.Local;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Support;

/// <summary>A server in the test process.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public const string Name = "a server";

    private readonly TempDirectory _directory = new();
    private LocalServer? _server;

    /// <summary>The environment of commands that connect to this server.</summary>
    internal Dictionary<string, string> Environment => new()
    {
        ["AUDREY_SERVER"] = _server!.ClientAddress,
        ["AUDREY_ENDPOINT"] = _server.Endpoint.ToString(),
    };

    internal LocalServer Server => _server!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync(_directory.Path, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }
}

[CollectionDefinition(ServerFixture.Name)]
public sealed class ServerTests : ICollectionFixture<ServerFixture>;
