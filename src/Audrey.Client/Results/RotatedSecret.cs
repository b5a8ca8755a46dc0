using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The new secret of an instance whose guest stays.</summary>
public sealed class RotatedSecret
{
    /// <summary>Gets the instance.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>Gets the secret: 256 random bits in hexadecimal digits.</summary>
    public required string Secret { get; init; }

    /// <summary>Gets the time at which the previous secret expires. Null if it is not valid any more.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Returns the instance without the secret, because the secret must not end up in a log.</summary>
    public override string ToString() => $"secret of instance '{Id}'";
}
