using Audrey.EndToEnd.Tests.Support;
using Audrey.Gateway.Limits;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>The time for a whole body, the memory for all bodies, and what is remembered of commands that end there.</summary>
public sealed class BodyLimitsTests
{
    private const string Second = "--Audrey:Gateway:BodyTimeout=00:00:01";

    private static readonly OAuthSigner Conductor = new(RunningServer.ConductorKey, RunningServer.ConductorSecret, TimeProvider.System);

    [Fact]
    public async Task A_body_that_does_not_arrive_in_time_is_answered_with_408()
    {
        await using var server = await RunningServer.Start(Second);
        await Register(server, "web");
        var guest = new OAuthSigner("web", SecretOf("web"), TimeProvider.System);
        Assert.Equal(408, await SendHalf(server, CapturedRequest.Form(guest, "PUT", "/params/2/web", "audrey_data", "|a&MQ==|")));

        using var connection = await RawConnection.Open(server.Endpoint);
        var credential = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"web:{SecretOf("web")}"));
        await connection.Send(
            $"PUT /v3/instances/web/values HTTP/1.1\r\nHost: h\r\nAuthorization: Basic {credential}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{");
        var head = await connection.ReceiveHead().Within("the answer to half a body");
        Assert.Equal(408, RawConnection.StatusOf(head));
        Assert.Contains("application/problem+json", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_does_not_arrive_in_time_is_remembered_as_refused()
    {
        await using var server = await RunningServer.Start(Second);
        await Register(server, "web");
        var upload = CapturedRequest.Upload(Conductor, "/files/2/web", Tarballs.Create("s/start", "text"));
        Assert.Equal(408, await SendHalf(server, upload));
        Assert.Equal(401, await upload.Send(server.Endpoint));
    }

    [Theory]
    [InlineData(true, 401)]

    // Without its form, the signature cannot be verified. So the server cannot remember the command.
    [InlineData(false, 200)]
    public async Task A_form_that_does_not_arrive_in_time_is_remembered_only_if_its_signature_can_be_verified(bool unsigned, int expected)
    {
        await using var server = await RunningServer.Start(Second, $"--Audrey:Conductors:0:UnsignedForms={unsigned}");
        var target = new OAuthTarget("http", "h", "/configs/2/web");
        var form = System.Text.Encoding.ASCII.GetBytes($"data={Uri.EscapeDataString(Document("web", "", "d"))}");
        var credential = Conductor.SignHeader("POST", target, unsigned ? [] : form);
        var head = $"POST /configs/2/web HTTP/1.1\r\nHost: h\r\nAuthorization: {credential}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\nConnection: close\r\n\r\n";
        var command = new CapturedRequest("POST /configs", System.Text.Encoding.ASCII.GetBytes(head), form);
        Assert.Equal(408, await SendHalf(server, command));
        Assert.Equal(expected, await command.Send(server.Endpoint));
    }

    [Fact]
    public async Task A_body_without_memory_is_answered_with_503_and_memory_returns_when_a_request_ends()
    {
        const int body = 400_000;
        await using var server = await RunningServer.Start(
            "--Audrey:Gateway:MaxBodyMemoryBytes=2000000", "--Audrey:Limits:MaxDocumentBytes=100000",
            "--Audrey:Limits:MaxTarballBytes=100000", "--Audrey:Limits:MaxGuestBodyBytes=500000", "--Audrey:Gateway:BodyTimeout=00:10:00");
        await Register(server, "first");
        await Register(server, "second");
        var memory = server.Services.GetRequiredService<BodyMemory>();
        using (var first = await Begin(server, "first", body))
        {
            await Deadlines.Until(() => memory.Held >= body - 100, "the reservation of the body");
            using var second = await Begin(server, "second", body);
            var head = await second.ReceiveHead().Within("the refusal of the second body");
            Assert.Equal(503, RawConnection.StatusOf(head));
            Assert.Contains("\r\nRetry-After: ", head, StringComparison.Ordinal);

            // A part of the memory is kept for callers that have proved who they are. Strangers cannot use it.
            Assert.Equal(200, (await server.Basic("second", SecretOf("second")).Give(1, ("a", "proven"))).Status);
            await first.Send(new byte[100]);
            Assert.Equal(401, await first.ReceiveStatus());
        }

        await Deadlines.Until(() => memory.Held == 0, "the release of the body");
        using var again = await Begin(server, "second", body);
        await again.Send(new byte[100]);
        Assert.Equal(401, await again.ReceiveStatus());
    }

    [Fact]
    public async Task The_memory_for_bodies_must_fit_the_largest_body()
    {
        var failure = await ServerProcess.Fail("--Audrey:Gateway:MaxBodyMemoryBytes=20000000");
        Assert.Contains("Audrey:Gateway:MaxBodyMemoryBytes is too low for the largest body", failure.Error, StringComparison.Ordinal);
    }

    private static async Task Register(RunningServer server, string uuid) => Assert.Equal(
        200, (await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, Provides("a") + Services(Service("s")), "d"))).Status);

    /// <summary>Sends a request whose body lacks its second half.</summary>
    private static async Task<int> SendHalf(RunningServer server, CapturedRequest request)
    {
        using var connection = await RawConnection.Open(server.Endpoint);
        await connection.Send(request.Head);
        await connection.Send(request.Body.AsMemory(0, request.Body.Length / 2));
        return await connection.ReceiveStatus();
    }

    /// <summary>Sends a form of a guest without its last 100 bytes. The form has no credential.</summary>
    private static async Task<RawConnection> Begin(RunningServer server, string uuid, int bytes)
    {
        var connection = await RawConnection.Open(server.Endpoint);
        await connection.Send(
            $"PUT /params/2/{uuid} HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + $"Content-Length: {bytes}\r\nConnection: close\r\n\r\n");
        await connection.Send(new byte[bytes - 100]);
        return connection;
    }
}
