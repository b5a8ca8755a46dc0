using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Watching;

/// <summary>
/// A machine of its own: namespaces in which a shell runs the commands of a test, and the guest program watches the facts. Facter is
/// replaced by a program that does nothing, because it takes seconds.
/// </summary>
internal sealed class WatchedMachine : IAsyncDisposable
{
    /// <summary>Functions for the commands of tests. The main loop prints the marks between the lines of the program.</summary>
    private const string Main = """
        ip link set lo up
        for folder in /run /etc/ssh /etc/default /etc/systemd /mnt; do mount -t tmpfs none $folder; done
        mount --bind /bin/true /usr/bin/facter
        mkdir -p /run/sshd /etc/ssh/sshd_config.d /mnt/facts.d
        host_key() { ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; }
        host_key
        unit_port() { mkdir -p /etc/systemd/system/ssh.service.d
          printf '[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -p %s\n' "$1" >/etc/systemd/system/ssh.service.d/port.conf; }
        config() { for line in "$@"; do echo "$line"; done >/etc/ssh/sshd_config; }
        start() { /usr/sbin/sshd "$@"; until [ -s /run/sshd.pid ]; do read -r _ </proc/loadavg; done; }
        end() { kill "$(cat /run/sshd.pid)"; while [ -e /run/sshd.pid ]; do read -r _ </proc/loadavg; done; }
        watch() { env --default-signal=INT PROGRAM watch --state /mnt/state --facts /mnt/facts.d "$@" & watch=$!; }
        while read -r line; do eval "$line"; done

        """;

    private readonly TempDirectory _directory = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Process _shell;
    private readonly Task _reading;

    public WatchedMachine()
    {
        File.WriteAllText(_directory.File("main"), Main.Replace("PROGRAM", AgentProgram.Command, StringComparison.Ordinal));
        _shell = Process.Start(new ProcessStartInfo(
            "unshare",
            ["-n", "-u", "-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child", "sh", _directory.File("main")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _reading = ReadAsync();
    }

    /// <summary>The classes of all changes so far, in their order.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>Runs a command in the shell of the machine, without waiting for its end.</summary>
    public Task DoAsync(string command) => _shell.StandardInput.WriteLineAsync(command.ReplaceLineEndings("; "));

    /// <summary>Starts the watch, and waits until every class was read.</summary>
    public async Task WatchAsync(string options = "--json")
    {
        await DoAsync($"watch {options}");
        var missing = new HashSet<string> { "Host", "Network", "Sysconfig", "Services", "Package", "External", "Facter" };
        while (missing.Count > 0) missing.Remove((await NextChangeAsync("every class"))["class"]!.ToString());
    }

    /// <summary>Waits for a change of the class after which the property has this value, in JSON. Returns the change.</summary>
    /// <param name="property">The class and the property, with a dot between them.</param>
    /// <param name="value">The value in JSON. If there is none, the beginning of the reason.</param>
    public async Task<JsonNode> UntilAsync(string property, string value)
    {
        var (type, name) = property.Split('.', 2) is [var first, var second] ? (first, second) : (property, null);
        while (true)
        {
            var change = await NextChangeAsync($"{property} is {value}");
            if (change["class"]!.ToString() != type) continue;
            var fact = name is null ? change["facts"]! : change["facts"]![name];
            if (fact?["value"]?.ToJsonString() == value) return change;
            if (fact?["reason"]?.ToString().StartsWith(value, StringComparison.Ordinal) == true) return change;
        }
    }

    /// <summary>Runs a command that prints one line. Returns this line, which must not be JSON.</summary>
    public async Task<string> AskAsync(string command)
    {
        await DoAsync($"echo \"answer: $({command})\"");
        while (true)
            if (await NextLineAsync(command) is var line && line.StartsWith("answer: ", StringComparison.Ordinal))
                return line["answer: ".Length..];
    }

    /// <summary>Ends the watch with a signal. Returns its exit code.</summary>
    public async Task<string> EndAsync(string signal = "TERM")
    {
        await DoAsync($"kill -{signal} $watch; wait $watch; echo \"code: $?\"");
        while (true)
            if (await NextLineAsync("the end of the watch") is var line && line.StartsWith("code: ", StringComparison.Ordinal))
                return line["code: ".Length..];
    }

    public async Task<string> NextLineAsync(string what) => await _lines.Reader.ReadAsync().AsTask().Within(what);

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        if (!_shell.HasExited) _shell.Kill();
        await _shell.WaitForExitAsync().Within("the end of the machine");
        await _reading.Within("the end of the output");
        _shell.Dispose();
        _directory.Dispose();
    }

    public async Task<JsonNode> NextChangeAsync(string what)
    {
        while (true)
        {
            var line = await NextLineAsync(what);
            if (!line.StartsWith('{')) continue;
            var change = JsonNode.Parse(line)!;
            Seen.Add(change["class"]!.ToString());
            return change;
        }
    }

    private async Task ReadAsync()
    {
        while (await _shell.StandardOutput.ReadLineAsync() is { } line) _lines.Writer.TryWrite(line);
        _lines.Writer.TryComplete();
    }
}
