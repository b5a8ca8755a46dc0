using System.Text;

namespace Audrey.Protocol.Text;

/// <summary>
/// Writes the answers of <c>GET /params</c> and <c>PUT /params</c>: the names of the parameters for which the guest has not given values
/// yet.
/// </summary>
public static class MissingText
{
    /// <summary>
    /// Formats the answer of versions 0 and 1, and the answer to a PUT in every version: <c>|a&amp;b|</c>, or <c>||</c> if no value is
    /// missing.
    /// </summary>
    /// <param name="parameters">The provided parameters without a value.</param>
    /// <returns>UTF-8 without a newline.</returns>
    /// <exception cref="ArgumentException">A name contains <c>|</c> or <c>&amp;</c>.</exception>
    public static byte[] Render(IReadOnlyList<string> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var text = new byte[2 + Length(parameters)];
        var writer = new PipedWriter(text);
        writer.Write("|"u8);
        WriteNames(ref writer, parameters);
        writer.Write("|"u8);
        return text;
    }

    /// <summary>
    /// Formats the answer of version 2: <c>|a&amp;b|s&amp;t|</c>, <c>||s|</c> if no value is missing, and <c>|||</c> if there are also no
    /// services.
    /// </summary>
    /// <param name="parameters">The provided parameters without a value.</param>
    /// <param name="services">The services to name.</param>
    /// <returns>UTF-8 without a newline.</returns>
    /// <exception cref="ArgumentException">A name contains <c>|</c> or <c>&amp;</c>.</exception>
    public static byte[] Render(IReadOnlyList<string> parameters, IReadOnlyList<string> services)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(services);
        var text = new byte[3 + Length(parameters) + Length(services)];
        var writer = new PipedWriter(text);
        writer.Write("|"u8);
        WriteNames(ref writer, parameters);
        writer.Write("|"u8);
        WriteNames(ref writer, services);
        writer.Write("|"u8);
        return text;
    }

    private static int Length(IReadOnlyList<string> names) => names.Sum(Encoding.UTF8.GetByteCount) + Math.Max(names.Count - 1, 0);

    private static void WriteNames(ref PipedWriter writer, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0) writer.Write("&"u8);
            writer.WriteName(names[i]);
        }
    }
}
