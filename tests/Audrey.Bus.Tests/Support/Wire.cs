using System.Collections;
using System.Globalization;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Audrey.Bus.Tests.Support;

/// <summary>Shows a message of AMQP as text, with the types of its values.</summary>
internal static class Wire
{
    public static string Show(Message message)
    {
        var text = new StringBuilder();
        var properties = message.Properties;
        if (properties.UserId is not null) text.Append("user-id: ").Append(Show(properties.UserId)).Append('\n');
        text.Append("subject: ").Append(properties.Subject).Append('\n');
        if (properties.ReplyTo is not null) text.Append("reply-to: ").Append(properties.ReplyTo).Append('\n');
        if (properties.GetCorrelationId() is { } id) text.Append("correlation-id: ").Append(Show(id)).Append('\n');
        text.Append("content-type: ").Append((string)properties.ContentType).Append('\n');
        foreach (var (key, value) in message.ApplicationProperties.Map.OrderBy(pair => (string)pair.Key, StringComparer.Ordinal))
            text.Append((string)key).Append(": ").Append(Show(value)).Append('\n');
        return text.Append(Show(((AmqpValue)message.BodySection).Value)).ToString();
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        byte[] bytes => $"binary '{Encoding.UTF8.GetString(bytes)}'",
        Map map => "{" + string.Join(", ", map.Select(pair => $"{pair.Key}: {Show(pair.Value)}")) + "}",
        IList list => "[" + string.Join(", ", list.Cast<object?>().Select(Show)) + "]",
        bool flag => flag ? "true" : "false",
        _ => $"{value.GetType().Name} {Convert.ToString(value, CultureInfo.InvariantCulture)}",
    };
}
