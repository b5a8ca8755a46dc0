using System.Net;
using Audrey.Grains.Registration;
using Microsoft.AspNetCore.Http;

namespace Audrey.Grains.Tests.Registration;

public sealed class SourceAddresses
{
    [Theory]
    [InlineData("0.0.0.0", "an unspecified address")]
    [InlineData("127.0.0.1", "a loopback address")]
    [InlineData("127.255.1.2", "a loopback address")]
    [InlineData("169.254.169.254", "a link-local address")]
    [InlineData("224.0.0.1", "a multicast address")]
    [InlineData("255.255.255.255", "a reserved address")]
    [InlineData("100.100.100.200", "a metadata service")]
    [InlineData("168.63.129.16", "a metadata service")]
    [InlineData("::", "an unspecified address")]
    [InlineData("::1", "a loopback address")]
    [InlineData("::7f00:1", "an unspecified address")]
    [InlineData("fe80::1", "a link-local address")]
    [InlineData("fe80::1%1", "a link-local address")]
    [InlineData("ff02::1", "a multicast address")]
    [InlineData("fd00:ec2::254", "a metadata service")]
    [InlineData("::ffff:127.0.0.1", "a loopback address")]
    [InlineData("::ffff:169.254.169.254", "a link-local address")]
    [InlineData("64:ff9b::7f00:1", "a loopback address")]
    [InlineData("64:ff9b:1::169.254.169.254", "a link-local address")]
    [InlineData("2002:7f00:1::", "a loopback address")]
    public void Addresses_that_only_the_silo_can_reach_are_refused(string address, string why) =>
        Assert.Equal(why, new AddressGuard([]).WhyRefused(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.100.100.201")]
    [InlineData("198.51.100.7")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd12:3456::1")]
    [InlineData("2001:db8::1")]
    public void Public_and_private_networks_are_allowed(string address) =>
        Assert.Null(new AddressGuard([]).WhyRefused(IPAddress.Parse(address)));

    [Fact]
    public void An_allowed_network_permits_only_its_own_addresses()
    {
        var guard = new AddressGuard(["169.254.10.77/24", "::1/128"]);
        Assert.Null(guard.WhyRefused(IPAddress.Parse("169.254.10.9")));
        Assert.Null(guard.WhyRefused(IPAddress.Parse("::ffff:169.254.10.9")));
        Assert.Null(guard.WhyRefused(IPAddress.Parse("::1")));
        Assert.NotNull(guard.WhyRefused(IPAddress.Parse("169.254.11.9")));
        Assert.NotNull(guard.WhyRefused(IPAddress.Parse("127.0.0.1")));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0")]
    public async Task No_request_is_sent_to_a_loopback_address_however_the_URL_spells_it(string host)
    {
        await using var server = await LocalWebServer.Start(_ => Task.CompletedTask);
        using var fetcher = Fetchers.Default();
        var problem = Assert.Single((await fetcher.Fetch([server.Url("/", host)])).Problems);
        Assert.Contains("from which files are not fetched; an operator can allow it with Audrey:Sources:AllowedNetworks", problem,
            StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_request_is_sent_to_an_allowed_loopback_address(string host)
    {
        await using var server = await LocalWebServer.Start(context => context.Response.WriteAsync("yes"));
        using var fetcher = Fetchers.Local();
        var fetched = await fetcher.Fetch([server.Url("/", host)]);
        Assert.Empty(fetched.Problems);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_redirect_to_a_refused_address_is_not_followed()
    {
        await using var secret = await LocalWebServer.Start(context => context.Response.WriteAsync("secret"), IPAddress.Parse("127.0.0.2"));
        await using var open = await LocalWebServer.Start(context =>
        {
            context.Response.Redirect(secret.Url("/x", "127.0.0.2"));
            return Task.CompletedTask;
        });
        using var fetcher = Fetchers.Local();
        var problem = Assert.Single((await fetcher.Fetch([open.Url("/start")])).Problems);
        Assert.StartsWith($"{open.Url("/start")} leads to 127.0.0.2, a loopback address", problem, StringComparison.Ordinal);
        Assert.Empty(secret.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "was redirected to a URL that is neither http nor https")]
    [InlineData("http://user:pw@127.0.0.1/", "was redirected to a URL that contains a user name or password; remove it")]
    [InlineData("", "was redirected without a valid location")]
    public async Task A_redirect_to_an_invalid_source_is_not_followed(string location, string problem)
    {
        await using var server = await LocalWebServer.Start(context =>
        {
            context.Response.StatusCode = 302;
            if (location.Length > 0) context.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        using var fetcher = Fetchers.Local();
        Assert.Equal($"{server.Url("/x")} {problem}", Assert.Single((await fetcher.Fetch([server.Url("/x")])).Problems));
    }
}
