using System.Buffers.Text;
using System.Text;

namespace Audrey.Protocol.Text;

/// <summary>Writes the answers of <c>GET /configs</c>: <c>|service|NAME|parameters|name&amp;BASE64|...|</c>.</summary>
public static class ConfigurationText
{
    /// <summary>Formats the configuration of the given services.</summary>
    /// <returns>
    /// UTF-8 without a newline: one <c>service</c> part for each service. A service without parameters is written as <c>|service|NAME|</c>.
    /// A value that is not known yet is written as <c>name&amp;</c>. Without services the text is <c>||</c>.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A name contains <c>|</c> or <c>&amp;</c>, which a guest reads as the end of the name.
    /// </exception>
    public static byte[] Render(IReadOnlyList<ServiceText> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Count == 0) return "||"u8.ToArray();

        var text = new byte[Length(services)];
        var writer = new PipedWriter(text);
        foreach (var service in services)
        {
            writer.Write("|service|"u8);
            writer.WriteName(service.Name);
            if (service.Parameters.Count > 0) writer.Write("|parameters"u8);
            foreach (var parameter in service.Parameters) Write(ref writer, parameter);
        }

        writer.Write("|"u8);
        return text;
    }

    private static void Write(ref PipedWriter writer, ParameterText parameter)
    {
        writer.Write("|"u8);
        writer.WriteName(parameter.Name);
        writer.Write("&"u8);
        if (parameter.Value is { } value) writer.WriteBase64(value.Span);
    }

    private static int Length(IReadOnlyList<ServiceText> services)
    {
        var length = 1;
        foreach (var service in services)
        {
            length += "|service|".Length + Encoding.UTF8.GetByteCount(service.Name);
            if (service.Parameters.Count > 0) length += "|parameters".Length;
            foreach (var parameter in service.Parameters)
                length += 2 + Encoding.UTF8.GetByteCount(parameter.Name) + Base64.GetMaxEncodedToUtf8Length(parameter.Value?.Length ?? 0);
        }

        return length;
    }
}
