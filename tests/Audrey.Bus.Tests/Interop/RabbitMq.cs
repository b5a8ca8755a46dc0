using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Audrey.Bus.Connections;
using Audrey.Testing;

namespace Audrey.Bus.Tests.Interop;

/// <summary>
/// A RabbitMQ of its own, with its own data, ports and port mapper, and the definitions of the documentation.
/// </summary>
public sealed partial class RabbitMq : IAsyncLifetime
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly string _folder = Directory.CreateTempSubdirectory("audrey-rabbitmq-").FullName;
    private readonly Dictionary<string, string> _environment = [];
    private Process? _portMapper;
    private Process? _server;
    private int _port;

    /// <summary>The time after which RabbitMQ removes a queue without a receiver.</summary>
    public static TimeSpan QueueExpiry { get; } = TimeSpan.FromSeconds(2);

    public string Url => $"amqp://127.0.0.1:{_port}";

    public BusOptions OptionsOf(string user) => new()
    {
        Url = new Uri(Url),
        Profile = BusProfile.RabbitMq,
        User = user,
        Secret = "secret of " + user,
        FirstReconnectDelay = TimeSpan.FromMilliseconds(50),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        IdleTimeout = TimeSpan.FromSeconds(4),
        ConnectTimeout = TimeSpan.FromSeconds(4),
    };

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(3);
        _port = ports[0];
        WriteFiles();
        foreach (var (name, value) in new (string, string)[]
        {
            ("HOME", _folder), ("RABBITMQ_CONF_ENV_FILE", "/dev/null"), ("RABBITMQ_NODENAME", $"audrey{_port}@localhost"),
            ("RABBITMQ_CONFIG_FILE", $"{_folder}/rabbitmq.conf"), ("RABBITMQ_ENABLED_PLUGINS_FILE", $"{_folder}/plugins"),
            ("RABBITMQ_MNESIA_BASE", $"{_folder}/data"), ("RABBITMQ_LOG_BASE", $"{_folder}/log"), ("RABBITMQ_PID_FILE", $"{_folder}/pid"),
            ("ERL_EPMD_PORT", $"{ports[1]}"), ("ERL_EPMD_ADDRESS", "127.0.0.1"), ("RABBITMQ_DIST_PORT", $"{ports[2]}"),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"),
        })
        {
            _environment[name] = value;
        }

        _portMapper = Run("epmd", "-port", $"{ports[1]}", "-address", "127.0.0.1");
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        Resume();
        await KillAsync();
        _portMapper!.Kill();
        await _portMapper.WaitForExitAsync();
        _portMapper.Dispose();
        Directory.Delete(_folder, true);
    }

    public async Task StartAsync()
    {
        File.Delete($"{_folder}/pid");
        _server = Run($"{Programs}/rabbitmq-server");
        var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while (!await AnswersAsync())
        {
            if (_server.HasExited) throw new InvalidOperationException($"RabbitMQ ended: {Log()}");
            if (limit.IsCancellationRequested) throw new TimeoutException($"RabbitMQ did not start: {Log()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Ends the server without a warning.</summary>
    public async Task KillAsync()
    {
        if (_server is null) return;
        _server.Kill(true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public void Freeze() => Signal(Stop);

    public void Resume() => Signal(Continue);

    /// <summary>Returns what rabbitmqctl prints.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        using var control = Run($"{Programs}/rabbitmqctl", arguments);
        var output = await control.StandardOutput.ReadToEndAsync();
        await control.WaitForExitAsync();
        return output;
    }

    private void WriteFiles()
    {
        var definitions = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "cluster-config/rabbitmq/definitions.json")))!;
        definitions["policies"]![0]!["definition"]!["expires"] = (int)QueueExpiry.TotalMilliseconds;
        definitions["users"] = new JsonArray([.. new[] { "agent", "console" }.Select(UserDefinition)]);
        definitions["permissions"] = new JsonArray([.. new[] { "agent", "console" }.Select(PermissionDefinition)]);
        File.WriteAllText($"{_folder}/definitions.json", definitions.ToJsonString());
        File.WriteAllText($"{_folder}/plugins", "[rabbitmq_amqp1_0].");
        File.WriteAllText(
            $"{_folder}/rabbitmq.conf",
            $"listeners.tcp.1 = 127.0.0.1:{_port}\nload_definitions = {_folder}/definitions.json\namqp1_0.default_user = none\n");
    }

    private static JsonNode UserDefinition(string name)
    {
        byte[] salt = [1, 2, 3, 4];
        var digest = SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes("secret of " + name)]);
        return new JsonObject
        {
            ["name"] = name,
            ["password_hash"] = Convert.ToBase64String([.. salt, .. digest]),
            ["hashing_algorithm"] = "rabbit_password_hashing_sha256",
            ["tags"] = "",
        };
    }

    private static JsonNode PermissionDefinition(string name) => new JsonObject
    {
        ["user"] = name,
        ["vhost"] = "/",
        ["configure"] = "^amq\\.gen-",
        ["write"] = ".*",
        ["read"] = ".*",
    };

    private Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        if (program != $"{Programs}/rabbitmqctl") process.BeginOutputReadLine();
        return process;
    }

    // The port opens before the plugin of AMQP 1.0 answers.
    private async Task<bool> AnswersAsync()
    {
        await using var connection = new BusConnection(OptionsOf("agent"), TimeProvider.System);
        connection.Start();
        try
        {
            await connection.WaitConnectedAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string Log() => string.Join('\n', Directory.GetFiles($"{_folder}/log").Select(File.ReadAllText));

    private void Signal(int signal)
    {
        if (File.Exists($"{_folder}/pid")) _ = Kill(int.Parse(File.ReadAllText($"{_folder}/pid").Trim(), null), signal);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Audrey.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
