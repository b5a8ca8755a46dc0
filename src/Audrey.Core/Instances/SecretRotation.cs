using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The secret that replaced an instance's registered secret within the same generation.</summary>
[GenerateSerializer, Immutable, Alias("audrey.SecretRotation")]
public sealed record SecretRotation
{
    /// <summary>The number of rotations in this generation, from 1.</summary>
    [Id(0)] public required long Number { get; init; }

    /// <summary>The current secret. Never logged.</summary>
    [Id(1)] public required string Secret { get; init; }

    /// <summary>The previous secret, or null if it is no longer valid. Never logged.</summary>
    [Id(2)] public string? Previous { get; init; }

    /// <summary>The time at which the previous secret expires.</summary>
    [Id(3)] public DateTimeOffset PreviousUntil { get; init; }

    /// <summary>The command that created the secret.</summary>
    [Id(4)] public RequestMark Issued { get; init; }

    /// <summary>Returns the previous secret while it is valid, or null.</summary>
    public string? PreviousAt(DateTimeOffset now) => now < PreviousUntil ? Previous : null;

    /// <summary>Leaves the secrets out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(SecretRotation)} {Number}";
}
