using System.Net;
using System.Net.Sockets;
using Audrey.Client.Tests.Support;

namespace Audrey.Client.Tests.Connection;

public sealed class WrongEndpointTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_endpoint_without_a_server_is_unavailable_within_the_deadline()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        await AssertUnavailable($"127.0.0.1:{port}");
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_unavailable_within_the_deadline()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await AssertUnavailable($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    [Fact]
    public async Task Connecting_can_be_cancelled()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();
        var connecting = AudreyClient.ConnectAsync(
            Options($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", TimeSpan.FromHours(1)),
            cancel.Token);
        using var accepted = await listener.AcceptSocketAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private static async Task AssertUnavailable(string gateway)
    {
        var started = TimeProvider.System.GetTimestamp();

        var error = await Assert.ThrowsAsync<UnavailableException>(() => AudreyClient.ConnectAsync(Options(gateway, Deadline)));

        Assert.Contains(gateway, error.Message, StringComparison.Ordinal);
        Assert.Equal(Deadline, error.Deadline);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static AudreyClientOptions Options(string gateway, TimeSpan deadline) => new()
    {
        Conductor = Some.Conductor,
        Secret = Some.Secret,
        Gateways = [gateway],
        Deadline = deadline,
        AttemptTimeout = TimeSpan.FromMilliseconds(500),
    };
}
