namespace Audrey.Protocol.Version3;

/// <summary>Adds a conductor's credential.</summary>
public sealed record CredentialRequest
{
    /// <summary>The role: <c>viewer</c>, <c>operator</c> (the default) or <c>administrator</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The conductor whose deployables the credential acts on. The default is the conductor with the credential's key.</summary>
    public string? ActsFor { get; init; }
}

/// <summary>Gives a conductor a new secret.</summary>
public sealed record RotationRequest
{
    /// <summary>How many seconds the old secret stays valid, from 0 (the default) to 30 days.</summary>
    public double? OverlapSeconds { get; init; }
}

/// <summary>A credential that was added or rotated, with its secret.</summary>
public sealed record IssuedSecret
{
    /// <summary>The key of the credential.</summary>
    public required string Key { get; init; }

    /// <summary>The secret. No other answer contains it.</summary>
    public required string Secret { get; init; }

    /// <summary>Returns the key without the secret, because the text may be logged.</summary>
    public override string ToString() => $"{nameof(IssuedSecret)} of {Key}";
}

/// <summary>The credentials that were added, in the order of their creation, without their secrets. There are at most 1,000.</summary>
public sealed record CredentialList
{
    /// <summary>The credentials.</summary>
    public required IReadOnlyList<ListedCredential> Credentials { get; init; }
}

/// <summary>A credential without its secret. Times are by the servers' clocks.</summary>
public sealed record ListedCredential
{
    /// <summary>The key of the credential.</summary>
    public required string Key { get; init; }

    /// <summary>The role: <c>viewer</c>, <c>operator</c> or <c>administrator</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The conductor whose deployables the credential acts on.</summary>
    public required string ActsFor { get; init; }

    /// <summary>When the credential was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the secret was last changed; absent if it was never changed.</summary>
    public DateTimeOffset? Rotated { get; init; }

    /// <summary>When the previous secret stops being valid; absent if there is none.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }
}
