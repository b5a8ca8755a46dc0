using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Credentials;

namespace Audrey.Server.ClientPort;

/// <summary>
/// Counts and logs what the port for clients refuses, and adds it to the sums of the audit trail. A source can come again and again, so the
/// same reason is logged at most once a minute for each source, with the number of those before it.
/// </summary>
internal sealed partial class RefusedConnections(
    IMeterFactory meters, RefusalSums sums, TimeProvider time, ILogger<RefusedConnections> log)
{
    /// <summary>The name of the meter.</summary>
    public const string Meter = "Audrey.Server.ClientPort";

    private const int MaxSources = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Counter<long> _refused =
        meters.Create(Meter).CreateCounter<long>("audrey.client_port.refused", description: "Connections and messages that were refused.");

    private readonly ConcurrentDictionary<(IPAddress Source, string Reason), Repeated> _repeated = new();
    private long _total;

    /// <summary>Gets the number of refusals since the start.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Records a refusal.</summary>
    /// <param name="remote">The caller's address.</param>
    /// <param name="caller">The caller's key, if it is known. Never a secret.</param>
    /// <param name="reason">A short reason that does not vary with the caller.</param>
    /// <param name="outcome">The outcome in the audit trail. Null if the caller is not to blame.</param>
    /// <param name="identity">The caller if it was verified.</param>
    public void Record(EndPoint? remote, string caller, string reason, string? outcome, ConductorIdentity? identity = null)
    {
        Interlocked.Increment(ref _total);
        if (outcome is not null) sums.Add((remote as IPEndPoint)?.Address, outcome, identity);
        _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (_repeated.Count >= MaxSources) _repeated.Clear();
        var repeated = _repeated.GetOrAdd((SourceAddress.Of(remote), reason), _ => new Repeated());
        lock (repeated)
        {
            var now = time.GetUtcNow();
            if (repeated.Next > now)
            {
                repeated.Count++;
                return;
            }

            LogRefused(remote, caller, reason, repeated.Count);
            (repeated.Next, repeated.Count) = (now + Interval, 0);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The port for clients refused {Remote} ({Caller}): {Reason}. Since the last line, {Count} others from there were refused for it.")]
    private partial void LogRefused(EndPoint? remote, string caller, string reason, int count);

    private sealed class Repeated
    {
        public DateTimeOffset Next { get; set; }

        public int Count { get; set; }
    }
}
