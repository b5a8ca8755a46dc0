namespace Audrey.Protocol.Version3;

/// <summary>Gives an instance a new secret.</summary>
public sealed record SecretRotationRequest
{
    /// <summary>
    /// How many seconds the old secret stays valid, from 0 to 30 days. The default is one day. The old secret becomes invalid earlier if
    /// the guest uses the new one. With 0 the guest cannot get the new secret from the server.
    /// </summary>
    public double? OverlapSeconds { get; init; }
}

/// <summary>The current secret of an instance.</summary>
public sealed record CurrentSecret
{
    /// <summary>The UUID of the instance.</summary>
    public required string Id { get; init; }

    /// <summary>The secret.</summary>
    public required string Secret { get; init; }

    /// <summary>The time at which the previous secret expires. Omitted if the previous secret is no longer valid.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Returns the UUID without the secret, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(CurrentSecret)} of {Id}";
}
