using System.Collections.Concurrent;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Testing.Fuzzing;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>
/// Whatever a client sends, the server answers with a status below 500, or with 503, or closes the connection, and goes on. See <see
/// cref="Fuzz"/> for longer runs.
/// </summary>
public sealed class HostileRequestsTests
{
    private const int Requests = 6000;
    private const int Concurrent = 16;
    private const int MaxShown = 5;

    [Fact]
    public async Task No_request_is_answered_with_500_and_the_server_goes_on()
    {
        await using var server = await RunningServer.Start("--Audrey:Gateway:BodyTimeout=00:00:01");
        const string uuid = "uuid-0";
        var document = Document(uuid, Provides("a", "b", "c", "d") + Services(Service("s")), "theirs");
        Assert.Equal(200, (await server.OtherConductor.Post($"/configs/2/{uuid}", document)).Status);
        var requests = new HostileRequests(server.Endpoint.Authority, uuid);
        var failed = new ConcurrentQueue<HostileRequest>();
        var answers = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(
            Fuzz.Seeds(Requests),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrent },
            async (seed, _) =>
            {
                var request = requests.Create(seed);
                var status = await Send(server.Endpoint, request);
                answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if (status >= 500 && status != 503) failed.Enqueue(request);
            });

        Assert.True(
            failed.IsEmpty, $"{failed.Count} requests were answered with 500:\n{string.Join("\n\n", failed.Take(MaxShown))}");

        // Without these, the requests would only show that strangers are refused.
        foreach (var status in new[] { 200, 400, 401, 404, 408 }) Assert.Contains(status, answers.Keys);
        Assert.Equal(200, (await server.Client(uuid, SecretOf(uuid)).Get($"/configs/2/{uuid}")).Status);
        Assert.Equal(200, (await server.Basic(uuid, SecretOf(uuid)).GetOwn("hello")).Status);
        using var health = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.True(health.IsSuccessStatusCode);
    }

    private static async Task<int> Send(Uri server, HostileRequest request)
    {
        using var connection = await RawConnection.Open(server);
        await connection.Send(request.Bytes);
        return await connection.ReceiveStatus();
    }
}
