using Audrey.Benchmarks.Http;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>The result of waking all guests.</summary>
/// <param name="Acknowledged">The time from sending the PUT until it was answered.</param>
/// <param name="Last">The time from sending the PUT until the last guest was answered.</param>
/// <param name="Processor">The processor time that the server used.</param>
internal sealed record Wake(TimeSpan Acknowledged, TimeSpan Last, TimeSpan Processor);

/// <summary>Waiting guests, each on a separate connection. One PUT gives the value that all of them wait for.</summary>
/// <param name="server">The server.</param>
/// <param name="count">The number of guests.</param>
/// <param name="createRequest">
/// Creates a guest's request. With the entity tag of the current revision, the request waits. Without a tag, it is answered immediately.
/// </param>
/// <param name="needsRevision">Whether a guest must request the revision of its configuration before it can wait.</param>
internal sealed class WaitingGuests(
    ChildServer server, int count, Func<(int Number, string Tag), byte[]> createRequest, bool needsRevision) : IDisposable
{
    /// <summary>
    /// The limit of a round, many times longer than a round takes. If the machine is busy with other work, bare Kestrel can read a guest's
    /// request only after the PUT that should wake the guest. Bare Kestrel then never answers this request.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly WaitingGuest[] _guests = new WaitingGuest[count];

    /// <summary>Sends the long poll of each guest. When the task completes, the server may not have read all polls yet.</summary>
    public Task SendPollsAsync(CancellationToken cancellation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellation };
        return Parallel.ForAsync(0, count, parallel, async (number, _) =>
        {
            var guest = _guests[number] ??= await WaitingGuest.ConnectAsync(server.Endpoint);
            var tag = "";
            if (needsRevision)
            {
                await guest.SendAsync(createRequest((number, "")));
                tag = (await guest.ReceiveAsync()).Tag;
            }

            await guest.SendAsync(createRequest((number, tag)));
        });
    }

    /// <summary>Wakes all guests with a PUT and reads their answers.</summary>
    /// <exception cref="InvalidOperationException">A guest received no answer, or its answer has no configuration.</exception>
    public async Task<Wake> WakeAsync(RawClient waker, byte[] put)
    {
        var answers = _guests.Select(guest => guest.ReceiveAsync()).ToArray();
        var processor = server.ProcessorTime;
        var sent = TimeProvider.System.GetTimestamp();
        var acknowledged = await waker.SendAsync(put);
        var acknowledgedAfter = TimeProvider.System.GetElapsedTime(sent);
        var received = await WaitForAllAsync(answers);
        var wake = new Wake(acknowledgedAfter, TimeProvider.System.GetElapsedTime(sent), server.ProcessorTime - processor);
        return acknowledged.Status == 200 && received.All(answer => answer.Status == 200)
            ? wake
            : throw new InvalidOperationException("A guest received an answer without a configuration.");
    }

    private static async Task<T[]> WaitForAllAsync<T>(Task<T>[] answers)
    {
        try
        {
            return await Task.WhenAll(answers).WaitAsync(Timeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException(
                $"{answers.Count(answer => !answer.IsCompleted)} guests were not answered within {Timeout}, because the server read their "
                + "requests after the PUT. Run nothing else on the machine.");
        }
    }

    public void Dispose()
    {
        foreach (var guest in _guests) guest?.Dispose();
    }
}
