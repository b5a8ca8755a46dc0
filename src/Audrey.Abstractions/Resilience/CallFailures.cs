using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Audrey.Abstractions.Resilience;

/// <summary>The kinds of failed calls to the cluster.</summary>
public enum CallFailure
{
    /// <summary>Another call would fail in the same way.</summary>
    Fatal,

    /// <summary>
    /// The call did not arrive, or its outcome is unknown, for example just after the death of a silo. A write that was not made durable is
    /// also of this kind. The same call can succeed if it is repeated.
    /// </summary>
    Lost,

    /// <summary>The storage accepts no more work for now. An immediate retry would add to its load.</summary>
    Busy,
}

/// <summary>
/// Recognises the exceptions that a busy storage throws to refuse work. This project does not reference the storage's types. So the program
/// that uses both registers a <c>BusyFailure</c>.
/// </summary>
/// <param name="Matches">
/// Returns whether an exception is such a refusal. Called with the exception of a failure and with each of its inner exceptions.
/// </param>
public sealed record BusyFailure(Func<Exception, bool> Matches);

/// <summary>Classifies failed calls to the cluster. This is the only list of transient failures.</summary>
/// <param name="busy">The rules that recognise a busy storage.</param>
public sealed class CallFailures(IEnumerable<BusyFailure> busy)
{
    private readonly BusyFailure[] _busy = [.. busy];

    /// <summary>
    /// A classifier without rules for a busy storage. This classifier treats a refusal by a busy storage like any other failed write.
    /// </summary>
    public static CallFailures Default { get; } = new([]);

    /// <summary>Returns the kind of a failure.</summary>
    public CallFailure Classify(Exception failure)
    {
        // A write that a busy storage refused is both lost and busy. It is classified as busy, because the caller must know that.
        if (_busy.Length > 0)
        {
            for (var cause = failure; cause is not null; cause = cause.InnerException)
                if (Array.Exists(_busy, kind => kind.Matches(cause))) return CallFailure.Busy;
        }

        return IsLost(failure) ? CallFailure.Lost : CallFailure.Fatal;
    }

    /// <summary>Returns whether the same call can succeed if it is repeated.</summary>
    public bool IsTransient(Exception failure) => Classify(failure) != CallFailure.Fatal;

    // Orleans cancels a call for which it found no silo in time. A caller that cancels its own call does not ask for the kind of the
    // failure, or does not call again.
    private static bool IsLost(Exception failure) => failure
        is OrleansMessageRejectionException
        or SiloUnavailableException
        or TimeoutException
        or ConnectionFailedException
        or ClientNotAvailableException
        or InconsistentStateException
        or OperationCanceledException
        or NotDurableException;
}
