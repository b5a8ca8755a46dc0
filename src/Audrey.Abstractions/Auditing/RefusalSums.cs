using System.Net;
using System.Net.Sockets;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Auditing;
using Orleans;

namespace Audrey.Abstractions.Auditing;

/// <summary>
/// Counts the refused requests of each source in each minute, and adds the sums to the audit trail. One server adds at most <see
/// cref="MaxSources"/> sums for a minute, however many strangers send requests. Thread-safe.
/// </summary>
public sealed class RefusalSums(IGrainFactory grains, TimeProvider time)
{
    /// <summary>The maximum number of sums for one minute. All further sources share the last sum.</summary>
    public const int MaxSources = 64;

    /// <summary>The name of the source that stands for all further sources.</summary>
    public const string Others = "others";

    private readonly Lock _lock = new();
    private Dictionary<Sum, long> _sums = [];

    /// <summary>Counts a refused request.</summary>
    /// <param name="address">The network address of the sender. All IPv6 addresses of one 64-bit network count as one source.</param>
    /// <param name="outcome">The name of the refusal.</param>
    /// <param name="caller">The sender. Null if it was not verified.</param>
    public void Add(IPAddress? address, string outcome, ConductorIdentity? caller = null)
    {
        var sum = new Sum(time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute, SourceOf(address), outcome, caller);
        lock (_lock)
        {
            if (_sums.Count >= MaxSources - 1 && !_sums.ContainsKey(sum)) sum = sum with { Source = Others, Caller = null };
            _sums[sum] = _sums.GetValueOrDefault(sum) + 1;
        }
    }

    /// <summary>Adds the sums of all requests so far to the trail. If that fails, the sums are kept for the next call.</summary>
    public async Task Flush()
    {
        Dictionary<Sum, long> sums;
        lock (_lock) (sums, _sums) = (_sums, []);
        if (sums.Count == 0) return;
        var grain = grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(AuditParts.Refusals));
        await Task.WhenAll(sums.Select(async sum =>
        {
            try
            {
                await grain.Add(EntryOf(sum.Key, sum.Value), isUnique: true);
            }
            catch
            {
                Keep(sum.Key, sum.Value);
                throw;
            }
        }));
    }

    private static AuditEntry EntryOf(Sum sum, long count) => new()
    {
        Time = new DateTimeOffset(sum.Minute * TimeSpan.TicksPerMinute, TimeSpan.Zero),
        Action = AuditActions.RefusedRequests,
        Conductor = sum.Caller?.Key,
        Credential = sum.Caller?.Credential,
        Address = sum.Source,
        Outcome = sum.Outcome,
        Count = count,
        Mark = AuditMark.New().Value,
    };

    private static string SourceOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address.ToString();

        // A sender with one address of IPv6 usually has a network of 64 bits.
        return $"{SourceAddress.Of(address)}/64";
    }

    private void Keep(Sum sum, long count)
    {
        lock (_lock)
        {
            if (_sums.Count >= 2 * MaxSources && !_sums.ContainsKey(sum)) return;
            _sums[sum] = _sums.GetValueOrDefault(sum) + count;
        }
    }

    private sealed record Sum(long Minute, string Source, string Outcome, ConductorIdentity? Caller);
}
