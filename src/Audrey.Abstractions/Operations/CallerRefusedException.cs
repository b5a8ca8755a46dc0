using Audrey.Core.Limits;
using Orleans;

namespace Audrey.Abstractions.Operations;

/// <summary>The conductor is not permitted to make this call. Nothing was done.</summary>
[GenerateSerializer, Alias("audrey.CallerRefusedException")]
public sealed class CallerRefusedException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public CallerRefusedException()
    {
    }

    /// <summary>Creates an exception. The conductor sees the message, which says what the call requires.</summary>
    public CallerRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>
    /// True if the conductor no longer has a valid credential. False if the role of its credential does not permit the call.
    /// </summary>
    [Id(0)] public bool IsUnproven { get; init; }

    /// <summary>The quota of the conductor that the call would exceed. Null for another reason.</summary>
    [Id(1)] public QuotaExcess? Quota { get; init; }
}
