using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// Guests' credentials in memory, so that a request costs one grain call. If a credential was replaced, it is fetched again. The grain
/// notices the replacement by the generation in the call, or the gateway notices it by a signature that does not match.
/// </summary>
internal sealed class GuestCredentials(IGrainFactory grains, GrainCalls calls, IOptions<GatewayOptions> options)
{
    private readonly BoundedCache<GuestCredential> _cache = new(options.Value.CachedCredentials);

    /// <summary>Returns the credential in memory, or null if it must be fetched.</summary>
    public GuestCredential? TryGetCached(string uuid) => _cache.Find(uuid);

    /// <summary>Asks the instance for its credential. Returns null if no such instance is registered.</summary>
    public async ValueTask<GuestCredential?> GetFresh(string uuid)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _)) return null;
        var grain = _cache.Find(uuid)?.Grain ?? grains.Reference<IGuestGrain>(GrainKeys.Of(id));
        var answer = await calls.Run(grain, static grain => grain.GetCredential());
        if (answer is null)
        {
            _cache.Remove(uuid);
            return null;
        }

        var credential = new GuestCredential(grain, answer);
        _cache.Set(uuid, credential);
        return credential;
    }

    /// <summary>Forgets an instance that is not registered any more.</summary>
    public void Forget(string uuid) => _cache.Remove(uuid);
}

/// <summary>A guest's credential, the guest's grain, and the number of the guest's requests that are in progress.</summary>
internal sealed class GuestCredential(IGuestGrain grain, InstanceCredential credential)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(credential.Secret);
    private int _active;

    public IGuestGrain Grain => grain;

    /// <summary>Counts a request of this guest. Returns the number of requests in progress.</summary>
    public int Begin() => Interlocked.Increment(ref _active);

    /// <summary>Called when a request is done.</summary>
    public void End() => Interlocked.Decrement(ref _active);

    public long Generation => credential.Generation;

    /// <summary>Gets the id of the guest's deployable; empty if the silo has an older version.</summary>
    public string Deployable { get; } = credential.Deployable ?? "";

    public ReadOnlySpan<byte> Secret => _secret;
}
