using System.Text.Json;
using Audrey.Bus.Agents;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;
using Audrey.Cli.Profiles;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Instances;

/// <summary>The commands for the message bus, with an agent on the embedded bus of a server.</summary>
[Collection(ServerFixture.Name)]
public sealed class BusCommandTests(ServerFixture server) : IAsyncLifetime
{
    private const string Document = """
        audrey: 1
        name: Shop
        assemblies:
          db:
            provided:
              ssh_port: {fact: Sysconfig.sshd-port}
        """;

    private readonly TempDirectory _directory = new();
    private string _uuid = "";
    private Agent? _agent;

    public async Task InitializeAsync()
    {
        File.WriteAllText(_directory.File("shop.yaml"), Document);
        var output = _directory.File("launch");
        var launched = await RunAsync(
            "launch", _directory.File("shop.yaml"), "--output", output, "--id", $"shop-{Guid.NewGuid():N}");
        Assert.True(launched.Code == 0, launched.Error);
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "plan.json")));
        var instance = plan.RootElement.GetProperty("instances")[0];
        _uuid = instance.GetProperty("uuid").GetString()!;
        using var client = server.Server.Connect();
        var bus = await client.FindBusAsync(CancellationToken.None);
        _agent = await Agent.ConnectAsync(bus.Url!, _uuid, instance.GetProperty("secret").GetString()!);
    }

    public async Task DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Agents_are_listed_with_their_users()
    {
        var listed = await RunAsync("bus", "agents", "--wait", "1");
        Assert.Contains(listed.OutLines, line => line.StartsWith($"audrey:guest:{_uuid}  user {_uuid}", StringComparison.Ordinal));

        var json = await RunAsync("bus", "agents", "--wait", "1", "--json");
        Assert.Contains(json.OutLines, line => line.Contains($"\"name\":\"audrey:guest:{_uuid}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Objects_are_read_by_class_and_a_wrong_class_names_the_right_ones()
    {
        var found = await RunAsync("bus", "get", _uuid, "Sysconfig");
        Assert.Equal((0, ""), (found.Code, found.Error));
        Assert.Equal(["  sshd-port: 2222"], found.OutLines[1..]);

        var json = await RunAsync("bus", "get", _uuid, "--json");
        Assert.Contains("\"values\":{\"sshd-port\":2222}", json.Out, StringComparison.Ordinal);

        var wrong = await RunAsync("bus", "get", _uuid, "Sysconf");
        Assert.Equal(4, wrong.Code);
        Assert.Contains("Its classes are Sysconfig", wrong.Error, StringComparison.Ordinal);

        var missing = await RunAsync("bus", "get", "nobody", "--wait", "0.1");
        Assert.Equal(4, missing.Code);
        Assert.Contains("audrey bus agents", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Methods_are_called_with_arguments_and_their_refusal_is_shown()
    {
        var answered = await RunAsync("bus", "call", _uuid, "query", "text=sshd-port", "--object", "Sysconfig");
        Assert.Equal((0, ""), (answered.Code, answered.Error));
        Assert.Equal(["sshd-port: 2222"], answered.OutLines);

        var refused = await RunAsync("bus", "call", _uuid, "reboot");
        Assert.Equal(1, refused.Code);
        Assert.Contains("There is no method reboot.", refused.Error, StringComparison.Ordinal);

        var (owner, _) = CredentialFile.Read(Path.Combine(server.Environment["AUDREY_DATA"], ProfileSelection.CredentialName));
        var viewer = await server.AddConductorAsync($"viewer-{Guid.NewGuid():N}", _directory, "--role", "viewer", "--for", owner);
        var forbidden = await Support.Cli.RunAsync(viewer, ["bus", "call", _uuid, "query", "text=sshd-port"]);
        Assert.Equal(1, forbidden.Code);
        Assert.Contains("requires the role operator", forbidden.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_watched()
    {
        using var stop = new CancellationTokenSource();
        var publishing = _agent!.PublishUntilAsync(stop.Token);

        var watched = await RunAsync("bus", "watch", "--agent", _uuid, "--class", "Sysconfig", "--count", "1", "--json");

        await stop.CancelAsync();
        await publishing;
        Assert.Equal((0, ""), (watched.Code, watched.Error));
        Assert.Contains("\"sshd-port\":2222", Assert.Single(watched.OutLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_and_brokers_that_do_not_answer_are_named()
    {
        var user = await RunAsync("bus", "agents", "--user", "someone");
        Assert.Equal(2, user.Code);
        Assert.Contains("--user needs --bus.", user.Error, StringComparison.Ordinal);

        var plain = await RunAsync(
            "bus", "agents", "--bus", "amqp://bus.example.org", "--user", "someone", "--password-file", _directory.File("shop.yaml"));
        Assert.Equal(2, plain.Code);
        Assert.Contains("unencrypted", plain.Error, StringComparison.Ordinal);

        var dead = await RunAsync("bus", "agents", "--bus", "amqp://127.0.0.1:1", "--timeout", "5");
        Assert.Equal(3, dead.Code);
        Assert.Contains("amqp://127.0.0.1:1", dead.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);

    /// <summary>An agent with one object and one method.</summary>
    private sealed class Agent : IAgentObjects, IAsyncDisposable
    {
        private readonly BusConnection _connection;
        private readonly QmfAgent _agent;
        private ulong _updated = 1_800_000_000_000_000_000;

        private Agent(string url, string uuid, string secret)
        {
            _connection = new BusConnection(new BusOptions { Url = new Uri(url), User = uuid, Secret = secret }, TimeProvider.System);
            Name = new AgentName("audrey", "guest", uuid);
            _agent = new QmfAgent(
                _connection, new AgentDescription(Name) { HeartbeatInterval = TimeSpan.FromSeconds(30) }, this, TimeProvider.System);
            _agent.Start();
        }

        public IReadOnlyList<QmfSchema> Schemas { get; } =
            [new QmfSchema(new QmfSchemaId("audrey", "Sysconfig"), [new QmfProperty("sshd-port", QmfType.Int)], []).WithHash()];

        private AgentName Name { get; }

        public static async Task<Agent> ConnectAsync(string url, string uuid, string secret)
        {
            var agent = new Agent(url, uuid, secret);
            agent._connection.Start();
            await agent._connection.WaitConnectedAsync(CancellationToken.None).Within("the connection of an agent");
            return agent;
        }

        public async Task PublishUntilAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                _updated++;
                await _agent.PublishAsync("Sysconfig", [Object()]);
                await Task.Yield();
            }
        }

        public ValueTask<IReadOnlyList<QmfObject>> ReadAsync(string? className, CancellationToken cancellationToken) => new([Object()]);

        public ValueTask<IReadOnlyDictionary<string, object?>> CallAsync(
            QmfCall call, string? userId, CancellationToken cancellationToken) => call.Method == "query"
            ? new(new Dictionary<string, object?> { [(string)call.Arguments["text"]!] = 2222L })
            : throw new QmfException($"There is no method {call.Method}.");

        public async ValueTask DisposeAsync()
        {
            await _agent.DisposeAsync();
            await _connection.DisposeAsync();
        }

        private QmfObject Object() => new(new Dictionary<string, object?> { ["sshd-port"] = 2222L })
        {
            Id = new QmfObjectId(Name.ToString(), "Sysconfig"),
            Schema = Schemas[0].Id,
            UpdatedAt = _updated,
        };
    }
}
