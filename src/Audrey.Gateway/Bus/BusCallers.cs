using System.Net;
using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Gateway.Credentials;

namespace Audrey.Gateway.Bus;

/// <summary>The verified user of a connection to the bus: an instance or a conductor.</summary>
/// <param name="Guest">The credential of the instance. Null for a conductor.</param>
/// <param name="Conductor">The conductor. Null for an instance.</param>
internal sealed record BusCaller(GuestCredential? Guest, ConductorIdentity? Conductor);

/// <summary>
/// Verifies the name and the secret of a user of the bus: the UUID of an instance, or the key of a conductor. The rules are those of HTTP
/// Basic in version 3.
/// </summary>
internal sealed class BusCallers(
    GuestCredentials guests, WrongSecretCounts wrongGuestSecrets, ConductorDirectory conductors, WrongSecrets wrongSecrets)
{
    /// <summary>Verifies a user. Returns null if the user is refused.</summary>
    /// <param name="name">The UUID or the key.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="source">The address of the user.</param>
    /// <exception cref="Calls.ClusterUnavailableException">The cluster did not answer.</exception>
    public async ValueTask<BusCaller?> Verify(string name, string secret, IPAddress source)
    {
        var proof = new PlainProof(name, Encoding.UTF8.GetBytes(secret));
        if (InstanceId.TryParse(name, out _, out _) && await FindGuest(proof) is { } guest) return new(guest, null);
        if (wrongSecrets.Begin(source, name) is not null) return null;
        var conductor = await conductors.Verify(proof);
        if (conductor is null) wrongSecrets.Fail(source, name);
        else wrongSecrets.End(source, name);
        return conductor is null ? null : new(null, conductor);
    }

    private async ValueTask<GuestCredential?> FindGuest(PlainProof proof)
    {
        if (guests.TryGetCached(proof.Key)?.Find(proof) is { } cached) return cached;
        if (await guests.GetFresh(proof.Key) is not { } fresh) return null;
        if (fresh.Find(proof) is { } proven) return proven;
        wrongGuestSecrets.Add(fresh);
        return null;
    }

    /// <summary>A name and a secret that were sent as they are.</summary>
    private readonly struct PlainProof(string key, byte[] secret) : ICredentialProof
    {
        public string Key => key;

        public bool IsMadeWith(ReadOnlySpan<byte> expected) =>
            !expected.IsEmpty && CryptographicOperations.FixedTimeEquals(expected, secret);
    }
}
