using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>Whether a guest's call was let in.</summary>
public enum GuestStatus
{
    /// <summary>The call was carried out.</summary>
    Ok,

    /// <summary>No such instance is registered.</summary>
    NotRegistered,

    /// <summary>
    /// The instance was registered anew since the request was verified. Fetch the credential and verify the request again.
    /// </summary>
    StaleCredential,

    /// <summary>The nonce was used for another request, or the request is too old to tell.</summary>
    NonceRefused,
}

/// <summary>
/// What came of a guest's call: an answer, or the reason why it was not let in. A struct, so that it costs no object of its own.
/// </summary>
/// <param name="Status">Whether the call was let in.</param>
/// <param name="Value">The answer. Null if the call was not let in, or if what it names does not exist.</param>
/// <typeparam name="T">The type of the answer.</typeparam>
[GenerateSerializer, Immutable, Alias("audrey.GuestResult`1")]
public readonly record struct GuestResult<T>([property: Id(0)] GuestStatus Status, [property: Id(1)] T? Value)
    where T : class
{
    /// <summary>A call that was not let in.</summary>
    public GuestResult(GuestStatus status)
        : this(status, null)
    {
    }

    /// <summary>A call that was carried out.</summary>
    public GuestResult(T? value)
        : this(GuestStatus.Ok, value)
    {
    }
}
