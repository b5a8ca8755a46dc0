using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Facts;

/// <summary>
/// A real sshd in a network namespace of its own, with files of its own in /etc and /run. The guest gives the value to a server, and then
/// compares the configured, the observed and the reported value.
/// </summary>
[Trait("Runs", "program")]
public sealed class SshdPortTests : IDisposable
{
    private const string Port = "sshd-port", Ports = "sshd-ports";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Port, "22", "config; start")]
    [InlineData(Port, "2222", "config 'Port 2222'; start")]
    [InlineData(Ports, "2222,2223", "config 'Port 2223' 'Port 2222'; start")]
    [InlineData(Port, "2200", "config 'ListenAddress 127.0.0.1:2200'; start")]
    [InlineData(Port, "2200", "config 'Port 2300' 'ListenAddress 127.0.0.1:2200' 'ListenAddress [::1]:2200'; start")]
    [InlineData(Ports, "2200,2300", "config 'Port 2300' 'ListenAddress 127.0.0.1:2200' 'ListenAddress ::1'; start")]
    [InlineData(Port, "2222", "config 'AddressFamily inet6' 'Port 2222'; start")]
    [InlineData(Port, "2400", "config 'Include /etc/ssh/sshd_config.d/*.conf'; echo Port 2400 >/etc/ssh/sshd_config.d/a.conf; start")]
    [InlineData(Port, "2222", "config 'Port 2222' 'Match User x Address 10.0.0.0/8' ' PasswordAuthentication no'; start")]
    [InlineData(Port, "2500", "config 'Port 22'; echo 'SSHD_OPTS=\"-4 -p 2500\"' >/etc/default/ssh; start -4 -p 2500")]
    [InlineData(Ports, "2600,2601", "config; exec_start '-D -o Port=2600 -oPort=2601'; start -o Port=2600 -oPort=2601")]
    [InlineData(Port, "2650", "config; echo Port 2650 >/etc/ssh/other; exec_start '-Df /etc/ssh/other $NONE'; start -f /etc/ssh/other")]
    [InlineData(Port, "2222", "config 'Port 2222'; start; echo '#Port 2222' >>/etc/ssh/sshd_config; session")]
    public async Task The_configured_the_observed_and_the_reported_ports_are_equal(string name, string ports, string setup)
    {
        var (code, result, given) = await VerifyAsync(name, setup);

        Assert.True(code == AgentExitCode.Success, result.ToJsonString());
        Assert.Equal("equal", result["verdict"]!.ToString());
        var value = name == Port ? ports : $"[{ports}]";
        Assert.Equal((value, value), (result["configured"]!["value"]!.ToJsonString(), result["observed"]!["value"]!.ToJsonString()));
        Assert.Equal((ports, $"{name}={ports}"), (result["reported"]!["value"]!.ToString(), given));
    }

    [Theory]
    [InlineData(
        Port,
        "2223 is configured, but not observed. 2222 is observed, but not configured.",
        "config 'Port 2222'; start; config 'Port 2223'")]
    [InlineData(Port, "2222 is configured, but not observed.", "config 'Port 2222'; python3 -m http.server 2222 >/dev/null 2>&1 &")]
    [InlineData(Ports, "2223 is observed, but not configured.", "config 'Port 2222'; start; start -p 2223 -o PidFile=/run/second.pid")]
    public async Task Ports_that_differ_are_named_and_not_given(string name, string reasons, string setup)
    {
        var (code, result, given) = await VerifyAsync(name, setup);

        Assert.Equal((AgentExitCode.Different, reasons, ""), (code, Join(result["reasons"]!), given));
        Assert.EndsWith("or the guest has not given it yet", result["reported"]!["reason"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Port, "Bad configuration option: Bogus", "config 'Port 2222'; start; config 'Bogus 1'")]
    [InlineData(Port, "sshd has several ports: 2222,2223; see sshd-ports", "config 'Port 2222' 'Port 2223'; start")]
    [InlineData(Port, "Missing privilege separation directory: /run/sshd", "config; start; rmdir /run/sshd")]
    [InlineData(Port, "no hostkeys available", "config; start; rm /etc/ssh/ssh_host*")]
    [InlineData(Port, "sshd is not installed: there is no /usr/sbin/sshd", "mount -t tmpfs none /usr/sbin")]
    [InlineData(Port, "ssh.service starts /bin/sh and not sshd", "config; exec_start '' /bin/sh; start")]
    public async Task A_value_that_cannot_be_known_is_not_given_and_has_a_reason(string name, string reason, string setup)
    {
        var (code, result, given) = await VerifyAsync(name, setup);

        Assert.Equal((AgentExitCode.NotKnown, "not known", ""), (code, result["verdict"]!.ToString(), given));
        Assert.Contains(reason, Join(result["reasons"]!), StringComparison.Ordinal);
        Assert.Null(result["configured"]!["value"]);
    }

    [Fact]
    public async Task A_port_that_changes_after_it_was_reported_differs_until_it_is_given_again()
    {
        const string Change = "kill $(cat /run/sshd.pid); while [ -e /run/sshd.pid ]; do sleep 0.05; done; config 'Port 2223'; start";
        var (code, result, given) = await VerifyAsync(Port, "config 'Port 2222'; start", Change);
        Assert.Equal((AgentExitCode.Different, "sshd-port=2222"), (code, given));
        Assert.Equal(("2223", "2223", "2222"), (Value("configured"), Value("observed"), Value("reported")));
        Assert.StartsWith("The server has 2222.", Join(result["reasons"]!), StringComparison.Ordinal);

        (code, result, given) = await VerifyAsync(Port, "config 'Port 2223'; start");
        Assert.Equal((AgentExitCode.Success, "sshd-port=2223", "2223"), (code, given, Value("reported")));

        string Value(string source) => result[source]!["value"]!.ToString();
    }

    /// <summary>The first process listens, as systemd does, and starts sshd only for a connection.</summary>
    [Fact]
    public async Task The_ports_of_a_socket_unit_count_before_and_after_the_first_connection()
    {
        const string Setup = """
            config 'Port 2222'; mkdir -p /etc/systemd/system/sockets.target.wants /etc/systemd/system/ssh.socket.d
            ln -s /lib/systemd/system/ssh.socket /etc/systemd/system/sockets.target.wants/
            printf '[Socket]\nListenStream=\nListenStream=[::]:2700\n' >/etc/systemd/system/ssh.socket.d/port.conf
            until grep -q :0A8C /proc/net/tcp6; do sleep 0.05; done
            """;
        var (code, result, given) = await VerifyAsync(Port, Setup, listen: "systemd-socket-activate -l 2700 /usr/sbin/sshd -D");
        Assert.Equal((AgentExitCode.Success, "sshd-port=2700"), (code, given));
        Assert.Equal("systemd (process 1) on [::]:2700", result["observed"]!["origin"]!.ToString());

        (code, result, _) = await VerifyAsync(
            Port, Setup + "\nsession 2700; until ps -C sshd >/dev/null; do sleep 0.05; done",
            listen: "systemd-socket-activate -l 2700 /usr/sbin/sshd -D");
        Assert.Equal((AgentExitCode.Success, "2700"), (code, result["observed"]!["value"]!.ToString()));
    }

    private static string Join(JsonNode reasons) => string.Join(' ', reasons.AsArray().Select(reason => reason!.ToString()));

    /// <summary>Gives the value and compares. Returns the exit code and JSON of the comparison, and what the server received.</summary>
    /// <param name="name">The property.</param>
    /// <param name="setup">Configures and starts sshd.</param>
    /// <param name="change">Runs between the gift and the comparison.</param>
    /// <param name="listen">The first process of the namespace. By default it is the shell.</param>
    private async Task<(AgentExitCode Code, JsonNode Result, string Given)> VerifyAsync(
        string name, string setup, string change = "", string listen = "")
    {
        var given = _directory.File("given");
        var server = Path.Combine(Tool.Repository, "tests/Audrey.Agent.Tests/Support/version2-server.py");
        var result = _directory.File("result");
        await File.WriteAllTextAsync(given, "");
        await File.WriteAllTextAsync(
            _directory.File("main"),
            $$"""
            set -e
            config() { for line in "$@"; do echo "$line"; done >/etc/ssh/sshd_config; }
            start() { /usr/sbin/sshd "$@"; until [ -s /run/sshd.pid ]; do sleep 0.05; done; }
            exec_start() { mkdir -p /etc/systemd/system/sshd.service.d
              printf '[Service]\nExecStart=\nExecStart=-%s %s\n' "${2:-/usr/sbin/sshd}" "$1" \
                >/etc/systemd/system/sshd.service.d/start.conf; }
            session() { bash -c "exec 3<>/dev/tcp/127.0.0.1/${1:-2222}; head -c 3 <&3 >/dev/null; sleep 1000" & }
            ip link set lo up
            for folder in /run /etc/ssh /etc/default /etc/systemd; do mount -t tmpfs none $folder; done
            mkdir -p /run/sshd /etc/ssh/sshd_config.d
            ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
            {{setup}}
            mkfifo /etc/default/ready
            python3 {{server}} 8080 {{given}} {{name}} >/etc/default/ready &
            read x </etc/default/ready
            {{AgentProgram.Command}} run --once --poll 1 --state {{_directory.File("state")}} \
              --user-data-text '1|http://127.0.0.1:8080|i|s' || [ $? = 3 ]
            {{change}}
            code=0
            {{AgentProgram.Command}} facts --verify {{name}} --json --state {{_directory.File("state")}} >{{result}} || code=$?
            echo $code >{{_directory.File("code")}}
            exit $code
            """);
        await File.WriteAllTextAsync(
            _directory.File("script"),
            listen.Length == 0
                ? $"unshare -n -m -p -f --mount-proc --propagation private sh {_directory.File("main")}"
                : $$"""
                  rm -f {{_directory.File("code")}}
                  unshare -n -m -p -f --mount-proc --propagation private --kill-child \
                    sh -c 'sh {{_directory.File("main")}} & exec {{listen}}' 2>/dev/null & first=$!
                  until [ -s {{_directory.File("code")}} ]; do sleep 0.05; done
                  kill -9 $first
                  exit $(cat {{_directory.File("code")}})
                  """);
        var (code, log) = await AgentProgram.RunAsync($"exec sh {_directory.File("script")}");
        Assert.True(File.Exists(result) && new FileInfo(result).Length > 0, log);
        return (code, JsonNode.Parse(await File.ReadAllTextAsync(result))!, File.ReadLines(given).LastOrDefault(""));
    }
}
