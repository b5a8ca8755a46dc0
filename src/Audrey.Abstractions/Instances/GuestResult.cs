using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>Whether a guest's call was admitted.</summary>
public enum GuestStatus
{
    /// <summary>The call was carried out.</summary>
    Ok,

    /// <summary>No such instance is registered.</summary>
    NotRegistered,

    /// <summary>
    /// The instance was registered again after the request was verified. Fetch the credential and verify the request again.
    /// </summary>
    StaleCredential,

    /// <summary>The nonce was used for another request.</summary>
    NonceRefused,

    /// <summary>It is not known whether the request was carried out before. It was not carried out now.</summary>
    Unclear,

    /// <summary>The GET is a late repetition, or much older than the newest request under its secret. It has no answer.</summary>
    Outdated,
}

/// <summary>
/// The result of a guest's call: an answer, or the reason why the call was not admitted. The type is a struct, so that a result needs no
/// allocation.
/// </summary>
/// <param name="Status">Whether the call was admitted.</param>
/// <param name="Value">The answer. Null if the call was not admitted, or if the requested object does not exist.</param>
/// <typeparam name="T">The type of the answer.</typeparam>
[GenerateSerializer, Immutable, Alias("audrey.GuestResult`1")]
public readonly record struct GuestResult<T>([property: Id(0)] GuestStatus Status, [property: Id(1)] T? Value)
    where T : class
{
    /// <summary>Creates the result of a call that was not admitted.</summary>
    public GuestResult(GuestStatus status)
        : this(status, null)
    {
    }

    /// <summary>Creates the result of a call that was carried out.</summary>
    public GuestResult(T? value)
        : this(GuestStatus.Ok, value)
    {
    }
}
