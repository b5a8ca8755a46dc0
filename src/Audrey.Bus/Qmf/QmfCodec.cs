using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Audrey.Bus.Qmf;

/// <summary>
/// Reads and writes the messages of QMF v2 as messages of AMQP 1.0.
/// </summary>
internal static class QmfCodec
{
    private const string AppId = "x-amqp-0-10.app-id";

    /// <summary>
    /// Reads a message. The app-id may be missing, because brokers leave it out. Strings may be binary or symbols.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="exchange">The exchange that the message came from.</param>
    /// <exception cref="QmfFormatException">The message is not a message of QMF v2.</exception>
    public static QmfMessage Read(Message message, string exchange)
    {
        try
        {
            return ReadParts(message, exchange);
        }
        catch (Exception exception) when (exception is not QmfFormatException and not OutOfMemoryException)
        {
            // AMQPNetLite decodes some parts only when they are read, and fails in many ways.
            throw new QmfFormatException("message", $"cannot be decoded: {exception.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Writes a message.</summary>
    /// <exception cref="ArgumentException">The body contains a value that is not a plain value.</exception>
    public static Message Write(QmfMessage message)
    {
        var headers = new ApplicationProperties();
        headers[AppId] = "qmf2";
        headers["qmf.opcode"] = message.Opcode;
        headers["method"] = Method(message.Opcode);
        if (message.Agent.Length > 0) headers["qmf.agent"] = message.Agent;
        if (message.Content.Length > 0) headers["qmf.content"] = message.Content;
        if (message.IsPartial) headers["partial"] = null;
        var properties = new Properties
        {
            Subject = message.Address.Key,
            ContentType = message.Body is IReadOnlyDictionary<string, object?> ? "amqp/map" : "amqp/list",
        };
        if (message.CorrelationId is { } correlation) properties.SetCorrelationId(correlation);
        if (message.ReplyTo is { } replyTo) properties.ReplyTo = replyTo.ToString();
        if (message.UserId is { } user) properties.UserId = System.Text.Encoding.UTF8.GetBytes(user);
        return new Message
        {
            // A broker that has accepted a change keeps it also when it is restarted.
            Header = message.Opcode == QmfOpcodes.DataIndication ? new Header { Durable = true } : null,
            Properties = properties,
            ApplicationProperties = headers,
            BodySection = new AmqpValue { Value = QmfValues.Write(message.Body) },
        };
    }

    private static QmfMessage ReadParts(Message message, string exchange)
    {
        var headers = Headers(message);
        var opcode = Header(headers, "qmf.opcode");
        if (string.IsNullOrEmpty(opcode)) throw new QmfFormatException("qmf.opcode", "is missing, so this is not a message of QMF v2");
        var body = message.BodySection switch
        {
            AmqpValue section => QmfValues.Read(section.Value, "body"),
            null => null,
            _ => throw new QmfFormatException("body", "is not one AMQP value"),
        };
        var properties = message.Properties;
        return new QmfMessage(opcode, new BusAddress(exchange, properties?.Subject ?? ""), body)
        {
            Agent = Header(headers, "qmf.agent") ?? "",
            Content = Header(headers, "qmf.content") ?? "",
            IsPartial = headers?.ContainsKey("partial") ?? false,
            CorrelationId = CorrelationId(properties),
            ReplyTo = BusAddress.TryParse(properties?.ReplyTo),
            UserId = properties?.UserId is { Length: > 0 } user ? QmfValues.Text(user) : null,
        };
    }

    private static Map? Headers(Message message) => message.ApplicationProperties?.Map;

    // The keys of application properties are strings, but peers of AMQP 0-10 are heard to send symbols.
    private static string? Header(Map? headers, string name) =>
        headers is null ? null
        : headers.TryGetValue(name, out var value) || headers.TryGetValue(new Symbol(name), out value) ? QmfValues.Text(value)
        : null;

    private static string? CorrelationId(Properties? properties) => properties?.GetCorrelationId() switch
    {
        null => null,
        string text => text,
        byte[] bytes => QmfValues.Text(bytes),
        var other => Convert.ToString(other, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Method(string opcode) =>
        opcode.EndsWith("_request", StringComparison.Ordinal) ? "request"
        : opcode.EndsWith("_indication", StringComparison.Ordinal) ? "indication"
        : "response";
}
