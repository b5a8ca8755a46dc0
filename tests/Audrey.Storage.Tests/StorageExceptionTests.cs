using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Audrey.Storage.Tests;

public sealed class StorageExceptionTests
{
    public static TheoryData<Exception> Exceptions { get; } =
        new(new StorageBusyException("busy"), new StorageFailedException("failed", new IOException("cause")));

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void A_storage_exception_keeps_its_type_and_message_between_processes(Exception exception)
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var received = serializer.Deserialize<Exception>(serializer.SerializeToArray(exception));

        Assert.IsType(exception.GetType(), received);
        Assert.Equal(exception.Message, received.Message);
        Assert.Equal(exception.InnerException?.Message, received.InnerException?.Message);
    }
}
