using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Secrets;

namespace Audrey.Grains.Conductor;

/// <summary>The durable row of the conductors' credentials.</summary>
[GenerateSerializer, Immutable, Alias("audrey.CredentialsState")]
public sealed record CredentialsState : IHoldsSecrets
{
    /// <summary>Raised by every change.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>In the order of their making.</summary>
    [Id(1)] public ImmutableArray<StoredCredential> Credentials { get; init; } = [];

    /// <inheritdoc/>
    public bool HoldsSecrets => !Credentials.IsEmpty;

    /// <summary>The conductor's credential, or null.</summary>
    public StoredCredential? Find(ConductorKey key) => Credentials.FirstOrDefault(credential => credential.Key == key);

    /// <summary>The next version.</summary>
    public CredentialsState With(ImmutableArray<StoredCredential> credentials) => new() { Version = Version + 1, Credentials = credentials };
}
