using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Audrey.Abstractions.Resilience;

/// <summary>What a failed call of the cluster means for whoever made it.</summary>
public enum CallFailure
{
    /// <summary>Another call would fail in the same way.</summary>
    Fatal,

    /// <summary>
    /// The call did not arrive, or its outcome is unknown, as in the gap after the death of a silo. A write that was not made durable is
    /// lost as well. The same call may succeed when it is made again.
    /// </summary>
    Lost,

    /// <summary>The storage accepts nothing more for now. Calling again at once would add to its load.</summary>
    Busy,
}

/// <summary>
/// Recognises by its type an exception with which the storage refuses more work. The storage's types are not known here: the program that
/// composes the two registers one of these.
/// </summary>
/// <param name="Matches">Whether an exception is one. Every cause of a failure is asked about in turn.</param>
public sealed record BusyFailure(Func<Exception, bool> Matches);

/// <summary>The one list of the failures of calls to the cluster that are transient.</summary>
/// <param name="busy">How busy storage is recognised.</param>
public sealed class CallFailures(IEnumerable<BusyFailure> busy)
{
    private readonly BusyFailure[] _busy = [.. busy];

    /// <summary>Classifies failures where busy storage counts as any other write that was not made.</summary>
    public static CallFailures Default { get; } = new([]);

    /// <summary>Says what a failure means.</summary>
    public CallFailure Classify(Exception failure)
    {
        // A write that was refused because the storage is busy is both: busy is what the caller must know.
        if (_busy.Length > 0)
        {
            for (var cause = failure; cause is not null; cause = cause.InnerException)
                if (Array.Exists(_busy, kind => kind.Matches(cause))) return CallFailure.Busy;
        }

        return IsLost(failure) ? CallFailure.Lost : CallFailure.Fatal;
    }

    /// <summary>Whether the same call may succeed when it is made again.</summary>
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
