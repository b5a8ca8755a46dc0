using System.Net.Sockets;
using System.Text;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Crash;

[Collection(ProcessTests.Name)]
public sealed class GracefulStopTests : IDisposable
{
    private const int InFlight = 20;
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_stopping_server_answers_the_requests_that_it_has_accepted_and_exits_with_0()
    {
        await using (var server = await Start())
        {
            var service = Service("s", [.. Enumerable.Range(0, InFlight).Select(i => Refers($"v{i}", Id(i), "value"))]);
            await server.Conductor.Post("/configs/2/reader", Document("reader", Services(service), "stop"));
            for (var i = 0; i < InFlight; i++)
                Assert.Equal(200, (await server.Conductor.Post($"/configs/2/{Id(i)}", Document(Id(i), Provides("value"), "stop"))).Status);

            using var idle = new TcpClient(server.Endpoint.Host, server.Endpoint.Port);
            var requests = await Task.WhenAll(Enumerable.Range(0, InFlight).Select(i => AcceptedRequest.Begin(server.Endpoint, Put(i))));
            await server.RequestStop();

            // The server closes an idle connection when the stop begins. At that time the requests are still in progress.
            Assert.Equal(0, await idle.GetStream().ReadAsync(new byte[1]).AsTask().Within("the end of an idle connection"));
            Assert.Equal(Enumerable.Repeat(200, InFlight), await Task.WhenAll(requests.Select(request => request.Finish())));
            Assert.Equal(0, await server.WaitForEnd());
        }

        await using var restarted = await Start();
        var reader = await restarted.Client("reader", SecretOf("reader")).Get("/configs/2/reader");
        var values = string.Concat(Enumerable.Range(0, InFlight).Select(i => $"v{i}&{Base64($"{i}")}|"));
        Assert.Equal((200, $"|service|s|parameters|{values}"), (reader.Status, reader.Text));
    }

    [Fact]
    public async Task A_server_without_requests_exits_with_0_and_logs_no_error()
    {
        await using var server = await Start();
        await server.RequestStop();
        Assert.Equal(0, await server.WaitForEnd());
        Assert.DoesNotContain("   at ", server.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", server.Log.Text, StringComparison.Ordinal);
    }

    private static string Id(int i) => $"stop-{i}";

    private static CapturedRequest Put(int i)
    {
        var signer = new OAuthSigner(Id(i), SecretOf(Id(i)), TimeProvider.System);
        return CapturedRequest.Form(signer, "PUT", $"/params/2/{Id(i)}", "audrey_data", $"|value&{Base64($"{i}")}|");
    }

    private Task<ServerProcess> Start() => ServerProcess.Start($"--Audrey:DataDirectory={_directory.Path}");

    /// <summary>A request that the server has begun to read. The server has already answered 100 Continue.</summary>
    private sealed class AcceptedRequest(TcpClient connection, byte[] body)
    {
        public static async Task<AcceptedRequest> Begin(Uri server, CapturedRequest request)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(server.Host, server.Port);
            var stream = connection.GetStream();
            await stream.WriteAsync((byte[])[.. request.Head.AsSpan(0, request.Head.Length - 2), .. "Expect: 100-continue\r\n\r\n"u8]);
            var expected = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
            var answer = new byte[expected.Length];
            await stream.ReadExactlyAsync(answer).AsTask().Within("100 Continue");
            Assert.Equal(expected, answer);
            return new AcceptedRequest(connection, request.Body);
        }

        public async Task<int> Finish()
        {
            using (connection)
            {
                await connection.GetStream().WriteAsync(body);
                using var reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
                var answer = await reader.ReadToEndAsync().Within("the answer to a request that was accepted before the stop");
                return CapturedRequest.ParseStatus(answer);
            }
        }
    }
}
