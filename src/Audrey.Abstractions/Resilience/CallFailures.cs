using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Audrey.Abstractions.Resilience;

/// <summary>How the caller should interpret a failed call of the cluster.</summary>
public enum CallFailure
{
    /// <summary>Another call would fail in the same way.</summary>
    Fatal,

    /// <summary>
    /// The call did not arrive, or its outcome is unknown, for example just after the death of a silo. This also covers a write that was
    /// not made durable. The same call can succeed when it is made again.
    /// </summary>
    Lost,

    /// <summary>The storage accepts no more work for now. An immediate retry would add to its load.</summary>
    Busy,
}

/// <summary>
/// Recognises exceptions with which the storage refuses more work. This project does not know the storage's types, so the program that
/// combines the two registers one of these.
/// </summary>
/// <param name="Matches">Returns whether an exception is such a refusal. It is called for each cause of a failure in turn.</param>
public sealed record BusyFailure(Func<Exception, bool> Matches);

/// <summary>Classifies failed calls to the cluster. This is the only list of the transient ones.</summary>
/// <param name="busy">The rules that recognise a busy storage.</param>
public sealed class CallFailures(IEnumerable<BusyFailure> busy)
{
    private readonly BusyFailure[] _busy = [.. busy];

    /// <summary>A classifier without rules for a busy storage. It treats that failure like any other write that was not made.</summary>
    public static CallFailures Default { get; } = new([]);

    /// <summary>Returns how a failure is to be interpreted.</summary>
    public CallFailure Classify(Exception failure)
    {
        // A write that was refused by a busy storage is both lost and busy. The caller must know that the storage is busy.
        if (_busy.Length > 0)
        {
            for (var cause = failure; cause is not null; cause = cause.InnerException)
                if (Array.Exists(_busy, kind => kind.Matches(cause))) return CallFailure.Busy;
        }

        return IsLost(failure) ? CallFailure.Lost : CallFailure.Fatal;
    }

    /// <summary>Returns whether the same call can succeed when it is made again.</summary>
    public bool IsTransient(Exception failure) => Classify(failure) != CallFailure.Fatal;

    private static bool IsLost(Exception failure) => failure
        is OrleansMessageRejectionException
        or SiloUnavailableException
        or TimeoutException
        or ConnectionFailedException
        or ClientNotAvailableException
        or InconsistentStateException
        or NotDurableException;
}
