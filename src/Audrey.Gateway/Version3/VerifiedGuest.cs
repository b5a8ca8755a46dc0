using Audrey.Abstractions.Instances;
using Audrey.Gateway.Credentials;

namespace Audrey.Gateway.Version3;

/// <summary>A guest that was let in.</summary>
/// <param name="Uuid">Its instance.</param>
/// <param name="Grain">The instance's grain.</param>
/// <param name="Credential">What its secret was verified against.</param>
internal sealed record VerifiedGuest(string Uuid, IGuestGrain Grain, GuestCredential Credential)
{
    public GuestCredential Credential { get; set; } = Credential;
}
