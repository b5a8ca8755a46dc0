using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Audrey.Gateway.Problems;

namespace Audrey.Gateway.Requests;

/// <summary>Parses the JSON that clients send.</summary>
internal static class JsonInput
{
    /// <summary>Parses a body.</summary>
    /// <exception cref="ProblemException">The body is not the expected JSON. The problem contains the place of the error.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class =>
        TryParse(body, type, out var value, out var wrong)
            ? value ?? throw new ProblemException(ProblemFactory.NullBody)
            : throw new ProblemException(ProblemFactory.BadJson(
                $"The body is wrong{wrong.Path}, line {wrong.Line}, byte {wrong.Byte}: {wrong.Wanted}."));

    /// <summary>Parses a text. Returns false, with the place of the error, if it is not the expected JSON.</summary>
    public static bool TryParse<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> type, out T? value, out JsonLocation wrong)
        where T : class
    {
        (value, wrong) = (null, default);
        if (!Utf8.IsValid(text))
        {
            wrong = FindInvalidUtf8(text);
            return false;
        }

        try
        {
            value = JsonSerializer.Deserialize(text, type);
            return true;
        }
        catch (JsonException failure)
        {
            // The exception's message can quote the text, which can contain secrets.
            var path = failure.Path is { Length: > 0 } found ? $" at {found}" : "";
            wrong = new(path, (failure.LineNumber ?? 0) + 1, (failure.BytePositionInLine ?? 0) + 1, WantedJson.Of(failure));
            return false;
        }
        catch (InvalidOperationException)
        {
            // A name or a string has an escaped half of a surrogate pair. The parser does not say where.
            wrong = new(" in a string that is not valid Unicode", 1, 1, "an escape such as \\ud800 is only half of a character");
            return false;
        }
    }

    /// <summary>Returns the place of the first byte that is not UTF-8.</summary>
    private static JsonLocation FindInvalidUtf8(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (Rune.DecodeFromUtf8(text[start..], out _, out var length) == OperationStatus.Done) start += length;
        var line = text[..start].Count((byte)'\n') + 1;
        return new(" because it is not UTF-8", line, start - text[..start].LastIndexOf((byte)'\n'), "send JSON in UTF-8");
    }
}

/// <summary>The place of an error in JSON.</summary>
/// <param name="Path">The path, after a preposition. Empty if it is not known.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Byte">The byte in the line, from 1.</param>
/// <param name="Wanted">What must be there instead, without a full stop.</param>
internal readonly record struct JsonLocation(string Path, long Line, long Byte, string Wanted);
