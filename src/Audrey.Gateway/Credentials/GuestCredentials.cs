using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// Guests' credentials in memory, so that a request costs one grain call. A replaced credential is fetched again. Either the grain detects
/// the replacement by the generation in the call, or the gateway detects it by a signature that does not match. Unknown ids are not
/// remembered. See decision 0049.
/// </summary>
internal sealed class GuestCredentials(IGrainFactory grains, GrainCalls calls, IOptions<GatewayOptions> options)
{
    private readonly BoundedCache<GuestCredential> _cache = new(options.Value.CachedCredentials);

    /// <summary>Gets the number of credentials in memory.</summary>
    public int Count => _cache.Count;

    /// <summary>Returns the credential in memory, or null if it must be fetched.</summary>
    public GuestCredential? TryGetCached(string uuid) => _cache.Find(uuid);

    /// <summary>
    /// Fetches the credential of an id that a stranger may have sent. Returns null if no such instance is registered. The instance is not
    /// called, so it is not activated.
    /// </summary>
    public async ValueTask<GuestCredential?> GetFresh(string uuid)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _)) return null;
        var answer = await calls.Run((grains, id), static read => read.grains.GetGrain<IGuestCredentialsGrain>(0).Find(read.id));
        return Keep(uuid, id, answer);
    }

    /// <summary>
    /// Fetches the credential that the instance serves. Called after the instance has refused a request that was verified with
    /// <paramref name="stale"/>. The storage may already have a credential that the instance does not serve yet.
    /// </summary>
    public async ValueTask<GuestCredential?> GetServed(string uuid, GuestCredential stale) =>
        Keep(uuid, InstanceId.Parse(uuid), await calls.Run(stale.Grain, static grain => grain.GetCredential()));

    /// <summary>Removes the credential of an instance that is no longer registered.</summary>
    public void Forget(string uuid) => _cache.Remove(uuid);

    private GuestCredential? Keep(string uuid, InstanceId id, InstanceCredential? answer)
    {
        if (answer is null)
        {
            _cache.Remove(uuid);
            return null;
        }

        var grain = _cache.Find(uuid)?.Grain ?? grains.Reference<IGuestGrain>(GrainKeys.Of(id));
        var credential = new GuestCredential(grain, answer);
        _cache.Set(uuid, credential);
        return credential;
    }
}

/// <summary>The result of <see cref="GuestCredentials.GetFresh"/>, for a later step of the same request.</summary>
/// <param name="Credential">The credential. Null if no such instance is registered.</param>
internal readonly record struct GuestLookup(GuestCredential? Credential);

/// <summary>A guest's credential and the guest's grain.</summary>
internal sealed class GuestCredential(IGuestGrain grain, InstanceCredential credential)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(credential.Secret);
    private readonly GuestCredential? _previous = credential.PreviousSecret is { } previous
        ? new(grain, credential with { Secret = previous, PreviousSecret = null }) { IsPrevious = true }
        : null;

    public IGuestGrain Grain => grain;

    public long Generation => credential.Generation;

    /// <summary>Gets the id of the guest's deployable. Empty if the silo has an older version.</summary>
    public string Deployable { get; } = credential.Deployable ?? "";

    /// <summary>Gets whether the secret is the one before the last rotation.</summary>
    public bool IsPrevious { get; private init; }

    /// <summary>Gets the number of rotations of the secret.</summary>
    public long SecretNumber => credential.SecretNumber;

    /// <summary>
    /// Returns the credential that the proof was made with: this one, or the previous one while the instance accepts it. Null if there is
    /// none.
    /// </summary>
    public GuestCredential? Find<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        proof.IsMadeWith(_secret) ? this : _previous is not null && proof.IsMadeWith(_previous._secret) ? _previous : null;

    /// <summary>Creates the description of a request that was verified with this credential.</summary>
    public GuestContact Contact(int version, HttpContext http, RequestMark mark) =>
        new(Generation, version, RequesterAddress.Format(http), mark) { SecretNumber = SecretNumber, UsesPreviousSecret = IsPrevious };
}
