using System.Globalization;
using System.Text.Json.Nodes;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Watching;

/// <summary>The program watches a machine on which everything is real: the kernel, sshd, links and files.</summary>
[Trait("Runs", "program")]
public sealed class WatchProgramTests : IAsyncLifetime
{
    private const string Configured = "Sysconfig.sshd-ports", Observed = "Sysconfig.sshd-ports-observed";

    private readonly WatchedMachine _machine = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _machine.DisposeAsync();

    [Fact]
    public async Task The_ports_of_sshd_are_seen_when_its_configuration_is_edited_and_when_it_is_reloaded_and_ends()
    {
        await _machine.DoAsync("config 'Port 2222'; start");
        await _machine.WatchAsync();

        await _machine.DoAsync("config 'Port 2223'");
        await _machine.UntilAsync(Configured, "[2223]");
        await _machine.DoAsync("kill -HUP $(cat /run/sshd.pid)");
        var change = await _machine.UntilAsync(Observed, "[2223]");
        Assert.Equal(["sshd-port-observed", "sshd-ports-observed"], change["changed"]!.AsArray().Select(name => name!.ToString()));
        await _machine.DoAsync("end");
        await _machine.UntilAsync(Observed, "no process of sshd listens");
        await _machine.DoAsync("start -p 2224");
        await _machine.UntilAsync(Observed, "[2224]");
    }

    [Theory]
    [InlineData("config 'Include /mnt/more/*.conf' 'Port 2300'", "mkdir /mnt/more; echo Port 2301 >/mnt/more/a.conf", "[2300,2301]")]
    [InlineData("ln -s /etc/ssh/b /etc/ssh/a; config 'Include a'", "echo Port 2302 >/etc/ssh/b", "[2302]")]
    [InlineData("config 'Include /mnt/*/x.conf'; mkdir /mnt/one", "echo Port 2303 >/mnt/one/x.conf", "[2303]")]
    [InlineData("config", "unit_port 2304", "[2304]")]
    [InlineData("config; mkdir -p /etc/default", "echo 'SSHD_OPTS=\"-p 2305\"' >/etc/default/ssh", "[2305]")]
    [InlineData("config; rm /etc/ssh/ssh_host*", "host_key", "[22]")]
    [InlineData("config 'Port 5'", "mv /etc/ssh/sshd_config /mnt/n; echo Port 2306 >/mnt/n; mv /mnt/n /etc/ssh/sshd_config", "[2306]")]
    [InlineData("config", "mount -t tmpfs none /etc/ssh; host_key; config 'Port 2307'", "[2307]")]
    public async Task A_change_of_any_file_that_sshd_reads_is_seen(string before, string change, string ports)
    {
        await _machine.DoAsync(before);
        await _machine.WatchAsync();

        await _machine.DoAsync(change);

        await _machine.UntilAsync(Configured, ports);
    }

    [Fact]
    public async Task Links_addresses_default_routes_and_the_name_of_the_machine_are_seen()
    {
        await _machine.WatchAsync();

        await _machine.DoAsync("ip link add name eth0 type veth peer name other; ip link set other up; ip link set eth0 up");
        await UntilListsAsync("interfaces", "eth0");
        await _machine.DoAsync("ip addr add 10.9.0.7/24 dev eth0");
        await UntilListsAsync("addresses", "10.9.0.7");
        await _machine.DoAsync("ip route add default via 10.9.0.1");
        await UntilListsAsync("default-routes", "10.9.0.1");
        await _machine.DoAsync("hostname other-name");
        await _machine.UntilAsync("Host.hostname", "\"other-name\"");

        async Task UntilListsAsync(string property, string text)
        {
            while (!(await NextAsync("Network"))["facts"]![property]!["value"]!.ToJsonString().Contains(text, StringComparison.Ordinal))
            {
            }
        }
    }

    [Fact]
    public async Task A_directory_of_facts_that_vanishes_and_comes_back_is_seen()
    {
        await _machine.DoAsync("echo a=1 >/mnt/facts.d/a.txt");
        await _machine.WatchAsync();

        await _machine.DoAsync("rm -r /mnt/facts.d");
        await _machine.UntilAsync("External", "there is no directory");
        await _machine.DoAsync("mkdir /mnt/facts.d; echo a=2 >/mnt/facts.d/a.txt");
        await _machine.UntilAsync("External.a", "\"2\"");
        await _machine.DoAsync("mkdir /mnt/new; echo a=3 >/mnt/new/a.txt; mv /mnt/facts.d /mnt/old; mv /mnt/new /mnt/facts.d");
        await _machine.UntilAsync("External.a", "\"3\"");
        await _machine.DoAsync("echo b=4 >/mnt/facts.d/a.txt");
        Assert.Equal(
            ["a", "b"], (await _machine.UntilAsync("External.b", "\"4\""))["changed"]!.AsArray().Select(name => name!.ToString()));
    }

    [Fact]
    public async Task A_burst_of_changes_causes_few_readings_and_the_last_change_is_seen()
    {
        const int Writes = 3000;
        await _machine.WatchAsync();

        await _machine.DoAsync($"i=0; while [ $i -lt {Writes} ]; do i=$((i+1)); echo a=$i >/mnt/facts.d/a.txt; done");
        await _machine.UntilAsync("External.a", $"\"{Writes}\"");

        Assert.InRange(_machine.Seen.Count(type => type == "External"), 2, Writes / 20);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_watch_with_exit_code_0(string signal)
    {
        await _machine.WatchAsync();

        Assert.Equal("0", await _machine.EndAsync(signal));
    }

    [Fact]
    public async Task Without_json_each_property_has_a_line()
    {
        await _machine.DoAsync("watch");
        string line;
        do line = await _machine.NextLineAsync("the line of the operating system");
        while (!line.Contains("Host.os:", StringComparison.Ordinal));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z Host\.os: \w+$", line);
    }

    [Fact]
    public async Task The_memory_stays_bounded_while_facts_change()
    {
        await _machine.DoAsync("config 'Port 2222'; start");
        await _machine.WatchAsync();
        for (var port = 2300; port < 2320; port++)
        {
            await _machine.DoAsync($"config 'Port {port}'");
            await _machine.UntilAsync(Configured, $"[{port}]");
        }

        var resident = int.Parse(
            await _machine.AskAsync("awk '/^VmRSS/{print $2}' /proc/$watch/status"), NumberStyles.None, CultureInfo.InvariantCulture);

        AgentProgram.CheckSize(resident);
    }

    private async Task<JsonNode> NextAsync(string type)
    {
        while (true)
            if (await _machine.NextChangeAsync($"a change of {type}") is var change && change["class"]!.ToString() == type)
                return change;
    }
}
