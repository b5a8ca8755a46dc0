using System.Collections.Frozen;
using Audrey.Abstractions.Conductors;

namespace Audrey.Abstractions.Credentials;

/// <summary>
/// Reads the credentials, for example with <see cref="ICredentialsGrain.Read"/>. Returns null if the credentials have not changed since the
/// known version.
/// </summary>
/// <param name="knownVersion">The version that the caller has, or -1 if it has none.</param>
public delegate ValueTask<CredentialSet?> CredentialReader(long knownVersion);

/// <summary>
/// Keeps in memory all credentials that were added while the cluster runs. They are read from the cluster again when they are older than
/// <see cref="MaxAge"/>, and when a request matches none of them. So an added or rotated credential is accepted immediately, and a revoked
/// credential is refused after <see cref="MaxAge"/> at the latest. All requests with unknown keys together cause at most one read within
/// <see cref="MinInterval"/>.
/// </summary>
public sealed class AddedCredentials(CredentialReader read, TimeProvider time)
{
    private readonly Lock _starting = new();
    private volatile Snapshot? _latest;
    private Task _reading = Task.CompletedTask;

    /// <summary>The longest time for which a revoked credential is still accepted.</summary>
    public static TimeSpan MaxAge { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The shortest time from the start of one read to the start of the next.</summary>
    public static TimeSpan MinInterval { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns the credentials in memory, or null if they are older than <see cref="MaxAge"/>.</summary>
    internal Snapshot? TryGetCached() => _latest is { } latest && time.GetElapsedTime(latest.ReadAt) <= MaxAge ? latest : null;

    /// <summary>Reads the current credentials from the cluster. Throws any exception that the reader throws.</summary>
    internal async ValueTask<Snapshot> GetFresh()
    {
        var now = time.GetTimestamp();
        Snapshot? latest;
        while ((latest = _latest) is null || latest.ReadAt < now) await JoinRead();
        return latest;
    }

    private Task JoinRead()
    {
        lock (_starting) return _reading.IsCompleted ? _reading = Read() : _reading;
    }

    private async Task Read()
    {
        var known = _latest;
        if (known is not null && MinInterval - time.GetElapsedTime(known.ReadAt) is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, time);
        var readAt = time.GetTimestamp();
        var set = await read(known?.Version ?? -1);
        _latest = set is null ? known! with { ReadAt = readAt } : Snapshot.Create(set, readAt);
    }

    /// <summary>The credentials at one moment.</summary>
    /// <param name="Version">The version of the credentials in the cluster.</param>
    /// <param name="ReadAt">The time at which the read began, as a timestamp of the clock.</param>
    /// <param name="ByKey">The credentials by their keys.</param>
    internal sealed record Snapshot(long Version, long ReadAt, FrozenDictionary<string, ConductorCredential> ByKey)
    {
        public static Snapshot Create(CredentialSet set, long readAt) =>
            new(
                set.Version,
                readAt,
                set.Credentials.ToFrozenDictionary(stored => stored.Key.Value, stored => new ConductorCredential(stored)));
    }
}
