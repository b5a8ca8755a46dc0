using System.Diagnostics;
using System.Globalization;
using System.Net;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Bus.Agents;
using Audrey.Bus.Broker;
using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Watching;

/// <summary>The program sends its facts to an embedded bus, and a console of QMF receives them and asks for more.</summary>
[Trait("Runs", "program")]
public sealed class GuestAgentTests : IAsyncLifetime, IBusAuthenticator, IBusAccess
{
    private const string Instance = "6b4a2f0e-0000-4000-8000-000000000001", Secret = "the-secret";

    private static readonly AgentName Name = new("audrey", "guest", Instance);

    private readonly TempDirectory _directory = new();
    private readonly CancellationTokenSource _late = new(Deadlines.Generous, TimeProvider.System);
    private readonly List<string> _lines = [];
    private EmbeddedBus _bus = null!;
    private BusConnection _connection = null!;
    private QmfConsole _console = null!;
    private Process? _program;
    private string _accepted = Secret;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_directory.File("facts.d"));
        await File.WriteAllTextAsync(_directory.File("facts.d/a.txt"), "color=red\n");
        Open(0);
        _connection = new BusConnection(
            new BusOptions
            {
                Url = Url,
                User = "console",
                Secret = Secret,
                FirstReconnectDelay = TimeSpan.FromMilliseconds(50),
                MaxReconnectDelay = TimeSpan.FromMilliseconds(100),
            },
            TimeProvider.System);
        _console = new QmfConsole(_connection, TimeProvider.System);
        _connection.Start();
        await _connection.WaitConnectedAsync(_late.Token);
    }

    public async Task DisposeAsync()
    {
        if (_program is { HasExited: false }) _program.Kill();
        _program?.Dispose();
        await _connection.DisposeAsync();
        await _bus.DisposeAsync();
        _late.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task All_classes_are_sent_after_the_connect_and_a_change_with_an_event()
    {
        Start();
        var missing = new HashSet<string> { "Host", "Network", "Sysconfig", "Services", "Package", "External", "Facter" };
        await foreach (var indication in _console.Indications(_late.Token))
        {
            Assert.Equal(Name.ToString(), indication.Agent);
            foreach (var item in indication.Objects) missing.Remove(item.Id?.Name ?? "");
            if (missing.Count == 0) break;
        }

        await File.WriteAllTextAsync(_directory.File("facts.d/a.txt"), "color=blue\n");
        Assert.Equal("blue", (await UntilAsync(item => item.Id?.Name == "External")).Values["color"]);
        var raised = await UntilAsync(item => item.Severity is not null);
        Assert.Equal(
            ("External", "color"), (raised.Values["class"], Assert.Single((IReadOnlyList<object?>)raised.Values["properties"]!)));
        var resident = File.ReadLines($"/proc/{_program!.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        AgentProgram.CheckSize(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Queries_schemas_and_the_method_are_answered()
    {
        Start();
        await UntilAsync(item => item.Id?.Name == "External");

        var external = await _console.QueryAsync(Name, Query("External"), _late.Token);
        Assert.Equal("red", Assert.Single(external).Values["color"]);
        var host = Assert.Single(await _console.QueryAsync(Name, Query("Host"), _late.Token)).Values;
        Assert.IsType<double>(host["load-1"]);
        Assert.Equal(Environment.MachineName.Split('.')[0], host["hostname"]);
        var schemas = await _console.SchemaAsync(Name, null, _late.Token);
        var sysconfig = schemas.Single(schema => schema.Id.Class == "Sysconfig");
        Assert.Equal("query", Assert.Single(sysconfig.Methods).Name);
        Assert.Equal(QmfType.Int, sysconfig.Properties.Single(property => property.Name == "sshd-port").Type);
        var refusal = await Assert.ThrowsAsync<QmfException>(() => _console.CallAsync(Name, Call("sshd-prt"), _late.Token));
        Assert.StartsWith("Sysconfig has no property sshd-prt. Its properties are sshd-port,", refusal.Message, StringComparison.Ordinal);
        var end = await Assert.ThrowsAsync<QmfException>(() => _console.CallAsync(
            Name, new QmfCall(null, "reboot", new Dictionary<string, object?>()), _late.Token));
        Assert.Equal("There is no method reboot. Sysconfig has the method query.", end.Message);

        static QmfQuery Query(string type) => new(QmfTarget.Object) { Schema = new QmfSchemaId("audrey", type) };
        static QmfCall Call(string name) => new(
            new QmfObjectId("", "Sysconfig"), "query", new Dictionary<string, object?> { ["name"] = name });
    }

    /// <summary>The broker is there, then not, and then there again at the same port.</summary>
    [Fact]
    public async Task A_bus_that_goes_away_is_one_line_and_all_classes_are_sent_when_it_comes_back()
    {
        Start();
        await UntilAsync(item => item.Id?.Name == "External");
        var port = _bus.Endpoint.Port;
        await _bus.DisposeAsync();
        await UntilLineAsync("cannot be used");
        await File.WriteAllTextAsync(_directory.File("facts.d/a.txt"), "color=green\n");
        Open(port);

        await UntilAsync(item => item.Id?.Name == "External" && Equals(item.Values["color"], "green"));

        Assert.Single(_lines, line => line.Contains("cannot be used", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secret_is_not_sent_to_another_machine_without_tls()
    {
        Start("amqp://bus.example.com");
        await _program!.WaitForExitAsync().Within("the end of the program");
        Assert.Equal(2, _program.ExitCode);
        await UntilLineAsync("The secret would be sent unencrypted to bus.example.com.");
    }

    [Fact]
    public async Task SIGTERM_ends_the_program_while_it_is_connected_and_while_it_is_not()
    {
        Start();
        await UntilAsync(item => item.Id?.Name == "External");
        await EndAsync();
        _accepted = "another";
        Start();
        await UntilLineAsync("cannot be used");
        await EndAsync();

        async Task EndAsync()
        {
            using var kill = Process.Start("kill", [$"{_program!.Id}"]);
            await _program.WaitForExitAsync().Within("the end of the program");
            Assert.Equal(0, _program.ExitCode);
        }
    }

    [Fact]
    public async Task Without_a_url_the_bus_is_the_one_that_the_server_names()
    {
        await using var server = new FakeConfigServer { MaxVersion = 3 };
        _accepted = FakeConfigServer.Secret;
        var userData = $"1|{server.Endpoint}|{FakeConfigServer.Id}|{FakeConfigServer.Secret}";
        Start("", userData);
        await _program!.WaitForExitAsync().Within("the end of the program");
        Assert.Equal(0, _program.ExitCode);
        await UntilLineAsync("The server names no bus.");

        server.Bus = Url.ToString();
        Start("", userData);
        Assert.Equal(
            $"audrey:guest:{FakeConfigServer.Id}", (await UntilAsync(item => item.Id?.Name == "External")).Id!.Agent);

        var first = _bus;
        Open(0);
        server.Bus = Url.ToString();
        await first.DisposeAsync();
        await UntilLineAsync($"The facts are sent to {Url}");
    }

    [Fact]
    public async Task Facts_that_the_server_could_not_record_are_sent_again()
    {
        var receiver = new ReleasingReceiver();
        using var listening = _bus.Listen(new BusAddress(BusAddress.Topic, "agent.ind.data.audrey.External.#"), receiver);
        Start();

        await receiver.Accepted.Within("the facts that were sent again");
    }

    [Fact]
    public async Task A_secret_that_the_run_has_stored_replaces_the_one_that_the_bus_refuses()
    {
        _accepted = "the-new-secret";
        Start();
        await UntilLineAsync("cannot be used");
        new StoredSecret(
            StateDirectory.Open(_directory.File("state")), $"{new Uri("http://127.0.0.1:1")}|{Instance}|{Secret}", new RecordingLog())
            .Write(_accepted);
        await UntilAsync(item => item.Id?.Name == "External");
    }

    public ValueTask<BusUser?> SignInAsync(BusSignIn signIn, CancellationToken cancellationToken) => ValueTask.FromResult(
        signIn.Secret == (signIn.User == "console" ? Secret : _accepted) ? new BusUser(signIn.User) : null);

    public string? WhyNotSend(BusUser user, QmfMessage message, IReadOnlyCollection<string> agents) => null;

    public string? WhyNotListen(BusUser user, BusAddress address) => null;

    public bool MayReceive(BusUser receiver, BusUser sender, QmfMessage message) => true;

    private Uri Url => new($"amqp://127.0.0.1:{_bus.Endpoint.Port}");

    private void Open(int port) => _bus = new EmbeddedBus(
        new EmbeddedBusOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, port) }, this, this, TimeProvider.System);

    /// <summary>Starts the program. The user data names a server that does not exist, because the bus is given.</summary>
    private void Start(string? bus = null, string userData = $"1|http://127.0.0.1:1|{Instance}|{Secret}")
    {
        _program?.Dispose();
        _program = AgentProgram.Start(
            $"exec {AgentProgram.Command} watch --quiet --bus {bus ?? Url.ToString()} --facts {_directory.File("facts.d")} "
            + $"--state {_directory.File("state")} --user-data-text '{userData}'");
        _program.ErrorDataReceived += (_, line) =>
        {
            lock (_lines) _lines.Add(line.Data ?? "");
        };
        _program.BeginErrorReadLine();
    }

    private async Task<QmfObject> UntilAsync(Func<QmfObject, bool> condition)
    {
        await foreach (var indication in _console.Indications(_late.Token))
            if (indication.Objects.FirstOrDefault(condition) is { } item)
                return item;
        throw new InvalidOperationException("The indications have ended.");
    }

    private Task UntilLineAsync(string text) => Deadlines.Until(
        () =>
        {
            lock (_lines) return _lines.Any(line => line.Contains(text, StringComparison.Ordinal));
        },
        $"a line with {text}");

    /// <summary>Releases the first message, as a server does whose cluster does not answer.</summary>
    private sealed class ReleasingReceiver : IBusListener
    {
        private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _messages;

        public Task Accepted => _accepted.Task;

        public ValueTask<BusOutcome> ReceiveAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _messages) == 1) return new(BusOutcome.Released);
            _accepted.TrySetResult();
            return new(BusOutcome.Accepted);
        }
    }
}
