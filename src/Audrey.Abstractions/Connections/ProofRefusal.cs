namespace Audrey.Abstractions.Connections;

/// <summary>The reason why a silo refused a connection.</summary>
public enum ProofRefusal
{
    /// <summary>The key is unknown, or the secret does not belong to the key.</summary>
    Unproven = 1,

    /// <summary>There were too many wrong secrets for this key from this address. The caller may try again later.</summary>
    TooMany = 2,

    /// <summary>The silo cannot read the credentials now. The caller may try again immediately.</summary>
    Unavailable = 3,

    /// <summary>The caller did not follow the protocol.</summary>
    Malformed = 4,
}

/// <summary>A silo refused a connection, or did not prove that it knows the secret.</summary>
public sealed class ProofRefusedException(ProofRefusal reason, string message) : Exception(message)
{
    /// <summary>Gets the reason.</summary>
    public ProofRefusal Reason => reason;

    /// <summary>Gets whether the same attempt can succeed later.</summary>
    public bool IsPassing => reason is ProofRefusal.TooMany or ProofRefusal.Unavailable;

    /// <summary>Returns the refusal among the causes of a failure, or null.</summary>
    public static ProofRefusedException? In(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is ProofRefusedException refusal) return refusal;
            if (failure is AggregateException several)
                return several.InnerExceptions.Select(In).FirstOrDefault(refused => refused is not null);
        }

        return null;
    }
}
