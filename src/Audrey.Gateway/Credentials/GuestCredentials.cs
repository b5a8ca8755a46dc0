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
/// Guests' credentials, kept in memory so that a request costs one grain call. A credential that was replaced since is found out
/// by the grain, which is told the generation, or by a signature that does not fit: then it is fetched again.
/// </summary>
internal sealed class GuestCredentials(IGrainFactory grains, GrainCalls calls, IOptions<GatewayOptions> options)
{
    private readonly BoundedCache<GuestCredential> _cache = new(options.Value.CachedCredentials);

    /// <summary>The credential at hand, or null if it must be fetched.</summary>
    public GuestCredential? AtHand(string uuid) => _cache.Find(uuid);

    /// <summary>Asks the instance's grain; null if no such instance is registered.</summary>
    public async ValueTask<GuestCredential?> Fetch(string uuid)
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

    /// <summary>Forgets an instance that is no longer registered.</summary>
    public void Forget(string uuid) => _cache.Remove(uuid);
}

/// <summary>A guest's credential, and the grain that it is for.</summary>
internal sealed class GuestCredential(IGuestGrain grain, InstanceCredential credential)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(credential.Secret);
    private int _active;

    public IGuestGrain Grain => grain;

    /// <summary>Counts a request of this guest as worked on.</summary>
    /// <returns>How many are.</returns>
    public int Begin() => Interlocked.Increment(ref _active);

    /// <summary>One is done.</summary>
    public void End() => Interlocked.Decrement(ref _active);

    public long Generation => credential.Generation;

    /// <summary>The id of its deployable; empty while a silo of an older version answers.</summary>
    public string Deployable { get; } = credential.Deployable ?? "";

    public ReadOnlySpan<byte> Secret => _secret;
}
