using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Secrets;

namespace Audrey.Grains.Conductor;

/// <summary>The durable row of the conductors' credentials.</summary>
[GenerateSerializer, Immutable, Alias("audrey.CredentialsState")]
public sealed record CredentialsState : IHoldsSecrets
{
    /// <summary>The version. Every change raises the version.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The credentials, in the order of their creation.</summary>
    [Id(1)] public ImmutableArray<StoredCredential> Credentials { get; init; } = [];

    /// <summary>The credential that the cluster made for itself. Null if it has made none.</summary>
    [Id(2)] public ConductorKey? Made { get; init; }

    /// <summary>
    /// The keys that were made by the cluster or taken over from files of its servers, also after their revocation. So a file does not
    /// bring a revoked credential back.
    /// </summary>
    [Id(3)] public ImmutableArray<ConductorKey> Taken { get; init; } = [];

    /// <inheritdoc/>
    public bool HoldsSecrets => !Credentials.IsEmpty;

    /// <summary>Returns the conductor's credential, or null.</summary>
    public StoredCredential? Find(ConductorKey key) => Credentials.FirstOrDefault(credential => credential.Key == key);

    /// <summary>Returns the next version of the row with these credentials.</summary>
    public CredentialsState With(ImmutableArray<StoredCredential> credentials) =>
        this with { Version = Version + 1, Credentials = credentials };
}
