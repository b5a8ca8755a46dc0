using Audrey.Benchmarks.Http;

namespace Audrey.Benchmarks.LongPoll;

/// <summary>One waking of all guests.</summary>
/// <param name="Acknowledged">How long after it was sent the PUT was answered.</param>
/// <param name="Last">How long after it was sent the last guest was answered.</param>
/// <param name="Processor">What that took of the server's processor time.</param>
internal sealed record Wake(TimeSpan Acknowledged, TimeSpan Last, TimeSpan Processor);

/// <summary>Guests that wait on connections of their own and are woken together.</summary>
/// <param name="server">The server.</param>
/// <param name="count">How many they are.</param>
/// <param name="ask">A guest's request, with the tag of the revision that it has; without one it is answered at once.</param>
/// <param name="asksFirst">Whether a guest has to ask for its revision before it can wait.</param>
internal sealed class WaitingGuests(ChildServer server, int count, Func<(int Number, string Tag), byte[]> ask, bool asksFirst) : IDisposable
{
    /// <summary>Many times what a wake takes. A request that bare Kestrel reads only after the PUT, as on a machine that is busy with something else, is never answered.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WaitingGuest[] _guests = new WaitingGuest[count];

    /// <summary>Has each guest send the request that waits; it may not have been read when this returns.</summary>
    public Task AskAsync(CancellationToken cancellation) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellation }, async (number, _) =>
        {
            var guest = _guests[number] ??= await WaitingGuest.ConnectAsync(server.Endpoint);
            var tag = "";
            if (asksFirst)
            {
                await guest.SendAsync(ask((number, "")));
                tag = (await guest.ReceiveAsync()).Tag;
            }

            await guest.SendAsync(ask((number, tag)));
        });

    /// <summary>Wakes all with a PUT and reads what each is answered.</summary>
    /// <exception cref="InvalidOperationException">One of them was not answered with a configuration, or not at all.</exception>
    public async Task<Wake> WakeAsync(RawClient waker, byte[] put)
    {
        var answers = _guests.Select(guest => guest.ReceiveAsync()).ToArray();
        var processor = server.ProcessorTime;
        var sent = TimeProvider.System.GetTimestamp();
        var acknowledged = await waker.SendAsync(put);
        var acknowledgedAfter = TimeProvider.System.GetElapsedTime(sent);
        var all = await AllAsync(answers);
        var wake = new Wake(acknowledgedAfter, TimeProvider.System.GetElapsedTime(sent), server.ProcessorTime - processor);
        if (acknowledged.Status != 200 || all.Any(answer => answer.Status != 200)) throw new InvalidOperationException("A guest was not answered with a configuration");
        return wake;
    }

    private static async Task<T[]> AllAsync<T>(Task<T>[] answers)
    {
        try
        {
            return await Task.WhenAll(answers).WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{answers.Count(answer => !answer.IsCompleted)} guests were not answered within {Patience}: they had not asked before the PUT came. Let nothing else run beside it");
        }
    }

    public void Dispose()
    {
        foreach (var guest in _guests) guest?.Dispose();
    }
}
