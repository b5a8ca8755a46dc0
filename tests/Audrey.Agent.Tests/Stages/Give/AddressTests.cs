using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Stages.Give;

/// <summary>
/// The program gives the addresses of a machine in a network namespace of its own. The server is in another namespace, at 10.9.0.1 and
/// 2001:db8:9::1. Between them is a pair of interfaces; the one of the machine is eth0.
/// </summary>
[Trait("Runs", "program")]
public sealed class AddressTests : IDisposable
{
    private const string Names = "ipaddress ipaddress6";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_addresses_are_the_kernels_source_addresses_towards_the_server()
    {
        var given = await GiveAsync(
            "http://10.9.0.1:8080",
            Names + " ipaddress_docker0 ipaddress6_eth0 ipaddresses ipaddress_eth9",
            """
            on ip link add name docker0 type bridge; on ip addr add 172.17.0.1/16 dev docker0; on ip link set docker0 up
            on ip addr add 169.254.7.7/16 dev eth0; on ip addr add 10.9.0.7/24 dev eth0; on ip addr add 10.9.0.8/24 dev eth0
            on ip addr add 2001:db8:9::bad/64 dev eth0 nodad preferred_lft 0; on ip addr add fd00:9::7/64 dev eth0 nodad
            on ip addr add 2001:db8:9::7/64 dev eth0 nodad
            on ip route add default via 10.9.0.1; on ip route add default via 2001:db8:9::1
            """);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["ipaddress"] = "10.9.0.7",
                ["ipaddress6"] = "2001:db8:9::7",
                ["ipaddress_docker0"] = "172.17.0.1",
                ["ipaddress6_eth0"] = "2001:db8:9::7",
                ["ipaddresses"] = "10.9.0.7,10.9.0.8,172.17.0.1",
            },
            given);
    }

    /// <summary>The server is reached over IPv4. Facter would give the first address that it finds.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("on ip addr add fd00:9::7/64 dev eth0 nodad; on ip route add default via fd00:9::1 dev eth0")]
    [InlineData("on ip addr add 2001:db8:9::7/64 dev eth0 nodad preferred_lft 0; on ip route add default via 2001:db8:9::1")]
    [InlineData("on ip link add name docker0 type bridge; on ip link set docker0 up; on ip addr add 2001:db8:d::1/64 dev docker0 nodad")]
    public async Task An_address_that_others_may_not_reach_is_not_given(string setup)
    {
        var given = await GiveAsync("http://10.9.0.1:8080", Names, "on ip addr add 10.9.0.7/24 dev eth0\n" + setup);

        Assert.Equal(new Dictionary<string, string> { ["ipaddress"] = "10.9.0.7" }, given);
    }

    [Fact]
    public async Task The_source_of_the_route_to_the_server_counts_and_not_the_default_route()
    {
        var given = await GiveAsync(
            "http://10.9.0.1:8080",
            "ipaddress",
            """
            on ip link add name other type veth peer name end; on ip link set end up; on ip link set other up
            on ip addr add 192.168.5.5/24 dev other
            on ip route add default via 192.168.5.1
            on ip addr add 10.9.0.7/24 dev eth0; on ip addr add 10.9.0.8/24 dev eth0
            on ip route replace 10.9.0.1 dev eth0 src 10.9.0.8
            """);

        Assert.Equal("10.9.0.8", given["ipaddress"]);
    }

    [Fact]
    public async Task A_unique_local_address_is_given_if_the_server_has_one_too()
    {
        var given = await GiveAsync("http://[fd00:9::1]:8080", "ipaddress6", "on ip addr add fd00:9::7/64 dev eth0 nodad");

        Assert.Equal("fd00:9::7", given["ipaddress6"]);
    }

    [Fact]
    public async Task A_temporary_address_is_not_given()
    {
        var given = await GiveAsync(
            "http://[2001:db8:9::1]:8080",
            "ipaddress6",
            """
            on sh -c 'echo 2 >/proc/sys/net/ipv6/conf/eth0/use_tempaddr'
            on ip addr add 2001:db8:9::7/64 dev eth0 nodad mngtmpaddr
            """);

        Assert.Equal("2001:db8:9::7", given["ipaddress6"]);
    }

    /// <summary>The second run is the one after a reboot with another address.</summary>
    [Fact]
    public async Task An_address_that_has_changed_is_given_again()
    {
        await GiveAsync("http://10.9.0.1:8080", "ipaddress", "on ip addr add 10.9.0.7/24 dev eth0");
        var given = await GiveAsync("http://10.9.0.1:8080", "", "on ip addr add 10.9.0.20/24 dev eth0");

        Assert.Equal("10.9.0.20", given["ipaddress"]);
    }

    /// <summary>The kernel reports the change by netlink. Without this report the program would notice it after ten minutes.</summary>
    [Fact]
    public async Task An_address_that_changes_while_the_program_stays_is_given_again_at_once()
    {
        var given = await GiveAsync(
            "http://10.9.0.1:8080",
            "ipaddress",
            "on ip addr add 10.9.0.7/24 dev eth0",
            """
            nsenter -t $machine -n AGENT --stay & agent=$!
            until grep -q =10.9.0.7 GIVEN; do sleep 0.1; done
            on ip addr del 10.9.0.7/24 dev eth0; on ip addr add 10.9.0.20/24 dev eth0
            until grep -q =10.9.0.20 GIVEN; do sleep 0.1; done
            kill $agent; wait $agent || code=$?
            """);

        Assert.Equal("10.9.0.20", given["ipaddress"]);
    }

    /// <summary>Runs the program. Returns the last values that the server has received.</summary>
    private async Task<Dictionary<string, string>> GiveAsync(
        string endpoint, string names, string setup, string run = "on AGENT --once --poll 1 || code=$?")
    {
        var output = _directory.File("given");
        var agent = $"{AgentProgram.Command} run --state {_directory.File("state")} --user-data-text '1|{endpoint}|i|s'";
        await File.WriteAllTextAsync(output, "");
        var server = Path.Combine(Tool.Repository, "tests/Audrey.Agent.Tests/Support/version2-server.py");
        await File.WriteAllTextAsync(
            _directory.File("script"),
            $$"""
            set -e
            ip link set lo up
            mkfifo {{_directory.File("ready")}}
            unshare -n sh -c 'echo >{{_directory.File("ready")}}; exec sleep 1000' & machine=$!
            read x <{{_directory.File("ready")}}
            server=
            trap "kill $machine \$server" EXIT
            on() { nsenter -t $machine -n "$@"; }
            ip link add name server type veth peer name eth0 netns $machine
            ip addr add 10.9.0.1/24 dev server; ip addr add 2001:db8:9::1/64 dev server nodad; ip addr add fd00:9::1/64 dev server nodad
            on sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad' || true
            ip link set server up; on ip link set lo up; on ip link set eth0 up
            {{setup}}
            python3 {{server}} 8080 {{output}} {{names}} >{{_directory.File("ready")}} & server=$!
            read x <{{_directory.File("ready")}}
            code=0
            {{run.Replace("AGENT", agent).Replace("GIVEN", output)}}
            rm {{_directory.File("ready")}}
            exit $code
            """);
        var (code, log) = await AgentProgram.RunAsync($"unshare -n -m --propagation private /bin/sh {_directory.File("script")}");
        Assert.True(code is AgentExitCode.Success or AgentExitCode.Incomplete, log);
        return File.ReadLines(output).Select(line => line.Split('=', 2))
            .GroupBy(pair => pair[0]).ToDictionary(values => values.Key, values => values.Last()[1]);
    }
}
