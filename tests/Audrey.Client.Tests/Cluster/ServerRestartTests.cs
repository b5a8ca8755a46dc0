using Audrey.Client.Tests.Support;
using Audrey.Core.Ids;

namespace Audrey.Client.Tests.Cluster;

public sealed class ServerRestartTests(OneServer server) : IClassFixture<OneServer>
{
    [Fact]
    public async Task A_client_reconnects_after_its_server_was_replaced()
    {
        await using var client = await server.ConnectAsync("patient");
        await client.RegisterInstanceAsync(Some.Instance("before-1"));

        await server.ReplaceAsync();
        await client.RegisterInstanceAsync(Some.Instance("after-1"));

        Assert.Equal("after", (await client.GetInstanceStatusAsync(InstanceId.Parse("after-1"))).Assembly);
    }

    [Fact]
    public async Task A_server_of_another_cluster_is_unavailable()
    {
        var options = new AudreyClientOptions
        {
            Conductor = Some.Conductor,
            Secret = Some.Secret,
            Gateways = [server.Gateway],
            ClusterId = "another",
            Deadline = TimeSpan.FromSeconds(2),
            AttemptTimeout = TimeSpan.FromSeconds(1),
        };

        await Assert.ThrowsAsync<UnavailableException>(() => AudreyClient.ConnectAsync(options));
    }
}
