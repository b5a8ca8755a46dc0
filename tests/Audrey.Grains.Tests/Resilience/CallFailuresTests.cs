using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Resilience;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Orleans.Storage;

namespace Audrey.Grains.Tests.Resilience;

public sealed class CallFailuresTests
{
    private static readonly CallFailures Failures = new([new BusyFailure(failure => failure is InsufficientMemoryException)]);

    public static TheoryData<Exception> Lost =>
    [
        new SiloUnavailableException(),
        new TimeoutException(),
        new ConnectionFailedException("closed"),
        Raised<ClientNotAvailableException>(),
        new InconsistentStateException(),
        new NotDurableException(),
        new OperationCanceledException("Message expired before placement could complete"),
        Raised<OrleansMessageRejectionException>(),
    ];

    public static TheoryData<Exception> Fatal =>
    [
        new InvalidOperationException(),
        new ArgumentException("wrong"),
        new SocketException(),
        new AggregateException(new TimeoutException()),
    ];

    [Theory]
    [MemberData(nameof(Lost))]
    public void A_lost_call_is_a_transient_failure(Exception failure)
    {
        Assert.Equal(CallFailure.Lost, Failures.Classify(failure));
        Assert.True(Failures.IsTransient(failure));
    }

    [Theory]
    [MemberData(nameof(Fatal))]
    public void Every_other_failure_is_fatal(Exception failure)
    {
        Assert.Equal(CallFailure.Fatal, Failures.Classify(failure));
        Assert.False(Failures.IsTransient(failure));
    }

    [Fact]
    public void A_write_that_a_busy_storage_refused_is_classified_as_busy_however_deeply_its_cause_is_nested()
    {
        var busy = new InsufficientMemoryException();

        Assert.Equal(CallFailure.Busy, Failures.Classify(busy));
        Assert.Equal(
            CallFailure.Busy, Failures.Classify(new NotDurableException("refused", new InvalidOperationException("wrapped", busy))));
    }

    [Fact]
    public void If_no_exception_is_known_to_mean_a_busy_storage_a_refused_write_is_classified_as_lost()
    {
        var refused = new NotDurableException("refused", new InsufficientMemoryException());

        Assert.Equal(CallFailure.Lost, CallFailures.Default.Classify(refused));
    }

    // Creates an exception without its constructor, because only Orleans itself can construct these exceptions.
    private static T Raised<T>()
        where T : Exception => (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
}
