using System.Collections.Frozen;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Calls;
using Orleans;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// The credentials that were added while the cluster ran, all of them held in memory. They are asked for again when what is held is too old,
/// and when a signature does not fit it: so one that was added or rotated is taken at once, and one that was revoked for
/// <see cref="MaxAge"/> at most. However many requests with unknown keys come, they share one call in <see cref="Spacing"/>.
/// </summary>
internal sealed class AddedConductors(IGrainFactory grains, GrainCalls calls, TimeProvider time)
{
    /// <summary>How long a credential is taken after it was revoked, at most.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    /// <summary>From the beginning of one call to that of the next, at least.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    private readonly Lock _asking = new();
    private volatile Known? _known;
    private Task _asked = Task.CompletedTask;

    /// <summary>Now, on the clock that <see cref="AskedSince"/> goes by.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>What is held, unless it is too old to be relied on.</summary>
    public Known? AtHand() => _known is { } known && time.GetElapsedTime(known.Asked) <= MaxAge ? known : null;

    /// <summary>What the cluster said when it was asked at <paramref name="moment"/> or later.</summary>
    /// <exception cref="UnavailableException">It did not answer.</exception>
    public async ValueTask<Known> AskedSince(long moment)
    {
        Known? known;
        while ((known = _known) is null || known.Asked < moment) await Ask();
        return known;
    }

    private Task Ask()
    {
        lock (_asking) return _asked.IsCompleted ? _asked = AskOnce() : _asked;
    }

    private async Task AskOnce()
    {
        var known = _known;
        if (known is not null && Spacing - time.GetElapsedTime(known.Asked) is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, time);
        var asked = time.GetTimestamp();
        var grain = grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);
        var set = await calls.Run((grain, version: known?.Version ?? -1), static on => on.grain.Read(on.version));
        _known = set is null ? known! with { Asked = asked } : Known.Of(set, asked);
    }

    /// <summary>The credentials as of one moment.</summary>
    /// <param name="Version">Their version.</param>
    /// <param name="Asked">When they were asked for.</param>
    /// <param name="ByKey">The credentials.</param>
    internal sealed record Known(long Version, long Asked, FrozenDictionary<string, AddedConductor> ByKey)
    {
        public static Known Of(CredentialSet set, long asked) =>
            new(set.Version, asked, set.Credentials.Select(stored => new AddedConductor(stored)).ToFrozenDictionary(added => added.Credential.Key.Value));
    }
}

/// <summary>A conductor's credential, and while it is being changed the one before.</summary>
internal sealed class AddedConductor(StoredCredential stored)
{
    private readonly byte[]? _previous = stored.PreviousSecret is { } secret ? Encoding.UTF8.GetBytes(secret) : null;

    public ConductorCredential Credential { get; } = new(stored.Key.Value, stored.Secret);

    /// <summary>The secret before, if it is valid still; else empty.</summary>
    public ReadOnlySpan<byte> PreviousAt(DateTimeOffset now) => now < stored.PreviousUntil ? _previous : default(ReadOnlySpan<byte>);
}
