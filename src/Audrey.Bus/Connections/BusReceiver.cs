using System.Threading.Channels;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>
/// A receiver of the messages of one address. It is attached again to each new connection.
/// </summary>
internal sealed class BusReceiver(BusAddress address, int credit, Func<BusDelivery, ValueTask> handle, Action<QmfFormatException> malformed)
{
    private const string TopicFilter = "apache.org:legacy-amqp-topic-binding:string";
    private const string DirectFilter = "apache.org:legacy-amqp-direct-binding:string";

    public BusAddress Address => address;

    /// <summary>Attaches a link. The task ends when the broker has accepted it, or fails with the reason of the broker.</summary>
    /// <param name="session">The session.</param>
    /// <param name="profile">How the broker addresses exchanges.</param>
    /// <param name="name">The name of the link.</param>
    /// <param name="closed">Ends when the connection is closed.</param>
    public (ReceiverLink Link, Task Attached) Attach(Session session, BusProfile profile, string name, CancellationToken closed)
    {
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var link = new ReceiverLink(session, name, Source(profile), (_, attach) =>
        {
            // A broker that refuses sends an empty source, and then the reason.
            if (attach.Source is not null) attached.TrySetResult();
        });
        link.AddClosedCallback((_, error) => attached.TrySetException(new BusRefusedException(address.ToString(), error)));
        var messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
        link.Start(credit, (_, message) => messages.Writer.TryWrite(message));
        _ = Task.Run(() => HandleAsync(link, messages.Reader, closed), CancellationToken.None);
        return (link, attached.Task);
    }

    private Source Source(BusProfile profile)
    {
        var source = new Source { Address = profile.SourceOf(address) };
        if (profile.HasBindingFilter)
        {
            var kind = address.Exchange == BusAddress.Topic ? TopicFilter : DirectFilter;
            source.FilterSet = new Map { [new Symbol("binding")] = new DescribedValue(new Symbol(kind), address.Key) };
        }

        return source;
    }

    // The credit bounds the messages that wait here. AMQPNetLite does not permit to block its callback.
    private async Task HandleAsync(ReceiverLink link, ChannelReader<Message> messages, CancellationToken closed)
    {
        try
        {
            while (await messages.WaitToReadAsync(closed).ConfigureAwait(false))
            {
                while (messages.TryRead(out var message)) await HandleAsync(link, message).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is closed. The broker knows that the messages that wait here are not settled.
        }
    }

    private async ValueTask HandleAsync(ReceiverLink link, Message message)
    {
        var delivery = new BusDelivery(link, message, new QmfMessage("", address, null));
        try
        {
            delivery = new BusDelivery(link, message, QmfCodec.Read(message, address.Exchange));
            await handle(delivery).ConfigureAwait(false);
        }
        catch (QmfFormatException exception)
        {
            malformed(exception);
            delivery.Reject(ErrorCode.DecodeError, exception.Message);
        }
        catch (Exception)
        {
            // The handler could not process the message, so it may be sent again.
            delivery.Release();
        }
    }
}

/// <summary>
/// A broker that refuses a sender or a receiver.
/// </summary>
internal sealed class BusRefusedException(string what, Error? error) : Exception($"The broker refused {what}: {Reason(error)}.")
{
    private const int MaxLength = 200;

    /// <summary>Returns the reason for people on one line, without a full stop. RabbitMQ sends long reports of its own.</summary>
    public static string Reason(Error? error)
    {
        var words = (error?.Description ?? (string?)error?.Condition ?? "no reason was given")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var line = string.Join(' ', words).TrimEnd('.');
        return line.Length <= MaxLength ? line : line[..MaxLength] + "...";
    }
}
