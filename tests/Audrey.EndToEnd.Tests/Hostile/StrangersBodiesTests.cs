using System.Text;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Gateway.Limits;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>Large bodies of senders that have not proved who they are. The tests count the bytes that the server holds.</summary>
public sealed class StrangersBodiesTests : IAsyncLifetime
{
    private const int Strangers = 24;
    private const int MiB = 1024 * 1024;
    private const int Large = 12 * MiB;
    private const int Bound = 64 * MiB;
    private const string Host = "Host: config.example.com\r\n";

    /// <summary>The memory of the small bodies that the server reads for its own conductors and guests in these tests.</summary>
    private const int Others = 256 * 1024;

    private RunningServer? _server;

    private RunningServer Server => _server!;

    private BodyMemory Memory => Server.Services.GetRequiredService<BodyMemory>();

    public async Task InitializeAsync() => _server = await RunningServer.Start(
        $"--Audrey:Gateway:MaxBodyMemoryBytes={Bound}", "--Audrey:Gateway:BodyTimeout=00:10:00");

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task No_byte_of_a_body_is_read_if_the_key_in_the_header_or_the_query_is_not_known()
    {
        await Task.WhenAll(Enumerable.Range(0, Strangers).Select(async number =>
        {
            var (expected, head) = (number % 6) switch
            {
                0 => (401, SignedByHeader("POST", "/configs/2/web", "unknown")),
                1 => (401, SignedByQuery("POST", "/configs/2/web", "unknown")),
                2 => (404, SignedByHeader("PUT", "/params/2/unknown", "unknown")),
                3 => (401, SignedByQuery("PUT", "/params/2/web", "other")),
                4 => (401, SignedByHeader("DELETE", "/deployment/2/deployable", "unknown")),
                _ => (401, "PUT /v3/instances/web/values HTTP/1.1\r\nAuthorization: Basic dTpz\r\nContent-Type: application/json\r\n"),
            };
            using var connection = await RawConnection.Open(Server.Endpoint);
            await connection.Send($"{head}{Host}Content-Length: {Large}\r\n\r\n");
            await connection.Send(new byte[64 * 1024]);
            Assert.Equal(expected, await connection.ReceiveStatus());
        }));

        Assert.Equal(0, Memory.Peak);
    }

    [Fact]
    public async Task A_form_with_the_credential_in_it_may_only_be_as_large_as_a_guests()
    {
        foreach (var target in new[] { "POST /configs/2/web", "PUT /params/2/web" })
        {
            using var connection = await RawConnection.Open(Server.Endpoint);
            await connection.Send($"{Form(target)}{Host}Content-Length: {MiB + 1}\r\n\r\n");
            Assert.Equal(413, await connection.ReceiveStatus());
        }

        Assert.Equal(0, Memory.Peak);
    }

    [Fact]
    public async Task Strangers_whose_credential_stands_in_the_form_leave_memory_to_the_others()
    {
        var guest = await Register("web");
        var connections = await Stall(
            900 * 1024,
            number => $"{Form(number % 2 == 0 ? "POST /configs/2/unknown" : $"PUT /params/2/unknown-{number}")}",
            held: Bound / 16 / MiB);

        await AssertOthersAreServed(guest);

        Assert.InRange(Memory.Peak, 1, Bound / 16 + Others);
        foreach (var connection in connections) connection.Dispose();
    }

    [Fact]
    public async Task Strangers_who_know_the_key_of_a_conductor_leave_memory_to_the_others()
    {
        var guest = await Register("web");
        var connections = await Stall(
            Large / 12,
            number => SignedByHeader("POST", $"/configs/2/new-{number}", RunningServer.ConductorKey),
            held: Bound / 4 / MiB);

        await AssertOthersAreServed(guest);

        Assert.InRange(Memory.Peak, 1, Bound / 4 + Others);
        foreach (var connection in connections) connection.Dispose();
    }

    /// <summary>
    /// Begins large bodies that do not end. Returns when so many of them were answered 503 that at most <paramref name="held"/> can be
    /// under way.
    /// </summary>
    private async Task<List<RawConnection>> Stall(int bytes, Func<int, string> head, int held)
    {
        var connections = new List<RawConnection>();
        for (var number = 0; number < Strangers; number++)
        {
            var connection = await RawConnection.Open(Server.Endpoint);
            connections.Add(connection);
            await connection.Send($"{head(number)}{Host}Transfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n");
        }

        _ = Task.WhenAll(connections.Select(connection => connection.Send(Encoding.ASCII.GetBytes(new string('x', bytes)))));
        var answers = connections.Select(connection => connection.ReceiveHead()).ToList();
        for (var refused = 0; refused < Strangers - held; refused++)
        {
            var answer = await Task.WhenAny(answers).Within("the refusal of a large body");
            answers.Remove(answer);
            Assert.Equal(503, RawConnection.StatusOf(await answer));
            Assert.Contains("\r\nRetry-After: ", await answer, StringComparison.Ordinal);
        }

        return connections;
    }

    private async Task<SignedClient> Register(string uuid)
    {
        Assert.Equal(200, (await Server.OtherConductor.Post($"/configs/2/{uuid}", Document(uuid, Provides("a", "b"), "d"))).Status);
        return Server.Client(uuid, SecretOf(uuid));
    }

    private async Task AssertOthersAreServed(SignedClient guest)
    {
        Assert.Equal(202, (await guest.Put("/params/2/web", $"|a&{Base64("1")}|")).Status);
        Assert.Equal(200, (await guest.PutUnsignedBody("/params/2/web", $"|b&{Base64("2")}|")).Status);
        Assert.Equal(200, (await Server.Basic("web", SecretOf("web")).Give(1, ("a", "3"))).Status);
        await Register("another");
    }

    private static string Form(string target) =>
        $"{target} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";

    private static string SignedByHeader(string method, string path, string key) =>
        Form($"{method} {path}") + $"Authorization: {Signer(key).SignHeader(method, Target(path))}\r\n";

    private static string SignedByQuery(string method, string path, string key) =>
        Form($"{method} {Signer(key).SignQuery(method, Target(path))}");

    private static OAuthSigner Signer(string key) => new(key, "a wrong secret", TimeProvider.System);

    private static OAuthTarget Target(string path) => new("http", "config.example.com", path);
}
