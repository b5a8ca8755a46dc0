using System.Text.Json.Nodes;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Facts;

/// <summary>The facts of a network namespace are those that the program ip prints of it.</summary>
[Trait("Runs", "program")]
public sealed class NetworkTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_network_is_the_one_that_ip_prints()
    {
        await File.WriteAllTextAsync(
            _directory.File("script"),
            $"""
            set -e
            ip link set lo up
            ip link add name eth0 type veth peer name other; ip link set other up; ip link set eth0 mtu 1400 up
            ip addr add 10.9.0.7/24 dev eth0; ip addr add 10.9.0.8/24 dev eth0; ip addr add 10.9.1.1 peer 10.9.1.2/32 dev eth0
            ip addr add 2001:db8:9::7/64 dev eth0 nodad; ip addr add 2001:db8:9::bad/64 dev eth0 nodad preferred_lft 0
            ip route add default via 10.9.0.1 metric 50 src 10.9.0.8; ip route add 10.50.0.0/16 via 10.9.0.1
            ip route add default metric 70 nexthop via 10.9.0.2 dev eth0 nexthop via 10.9.0.3 dev eth0
            ip route add default via 2001:db8:9::1
            {AgentProgram.Command} facts Network --json >{_directory.File("facts")}
            ip -j addr >{_directory.File("ip")}
            """);
        var (code, log) = await AgentProgram.RunAsync($"unshare -n sh {_directory.File("script")}");
        Assert.True(code == AgentExitCode.Success, log);
        var network = JsonNode.Parse(await File.ReadAllTextAsync(_directory.File("facts")))!["Network"]!;
        var links = JsonNode.Parse(await File.ReadAllTextAsync(_directory.File("ip")))!.AsArray();

        Assert.Equal(
            links.Select(link => $"{link!["ifname"]} {link["mtu"]} {link["operstate"]!.ToString().ToLowerInvariant()}"),
            network["interfaces"]!["value"]!.AsArray().Select(one => $"{one!["name"]} {one["mtu"]} {one["state"]}"));
        Assert.Equal(
            links.SelectMany(link => link!["addr_info"]!.AsArray().Select(one =>
                $"{link["ifname"]} {one!["local"]}/{one["prefixlen"]} {one["scope"]} "
                    + $"{one["secondary"] ?? "false"} {one["deprecated"] ?? "false"}")).Order(),
            network["addresses"]!["value"]!.AsArray().Select(one =>
                $"{one!["interface"]} {one["address"]}/{one["prefix"]} {one["scope"]} "
                    + $"{Has(one, "secondary")} {Has(one, "deprecated")}").Order());
        Assert.Equal(
            ["eth0 50 10.9.0.1 10.9.0.8", "eth0 70 10.9.0.2 ", "eth0 70 10.9.0.3 ", "eth0 1024 2001:db8:9::1 "],
            network["default-routes"]!["value"]!.AsArray()
                .Select(one => $"{one!["interface"]} {one["metric"]} {one["gateway"]} {one["source"]}"));

        static string Has(JsonNode address, string flag) =>
            address["flags"]!.AsArray().Any(one => one!.ToString() == flag) ? "true" : "false";
    }
}
