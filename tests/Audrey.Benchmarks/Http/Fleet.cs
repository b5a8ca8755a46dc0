using Audrey.Protocol.Authentication;

namespace Audrey.Benchmarks.Http;

/// <summary>Many connections to one server. Each connection starts its next request as soon as the previous request is finished.</summary>
internal static class Fleet
{
    public static async Task RunAsync(Uri endpoint, int connections, int count, Func<RawClient, int, Task> work)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = await RawClient.ConnectAsync(endpoint);
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
                await work(client, number);
        })));
    }

    public static async Task ExpectAsync(this RawClient client, byte[] request, int status)
    {
        var answer = await client.SendAsync(request);
        if (answer.Status != status)
            throw new InvalidOperationException($"The status is {answer.Status} instead of {status}: {answer.Body}");
    }

    public static OAuthSigner Guest(string uuid) => new(uuid, Servers.SecretOf(uuid), TimeProvider.System);

    public static OAuthSigner Conductor() => new(Servers.ConductorKey, Servers.ConductorSecret, TimeProvider.System);
}
