using System.Text.Json;

namespace Audrey.Gateway.Requests;

/// <summary>
/// Describes what a parser of JSON wanted where it failed. Its messages are used only to distinguish the kinds of errors, because they can
/// quote the text at the error, which can contain secrets, and they name types of .NET.
/// </summary>
internal static class WantedJson
{
    private const string Conversion = "The JSON value could not be converted to ";

    /// <summary>
    /// The parts of the message of the inner exception, or of the name of the type if there is none, and what is wanted. The type is the
    /// type of the value for lists and objects. For other values, it is the type of the object that they are in.
    /// </summary>
    private static readonly (string Part, string Wanted)[] Kinds =
    [
        (" as a string", "a string"),
        (" as a boolean", "true or false"),
        (" as a number", "a number"),
        (" for an Int", "a whole number"),
        ("Dictionary`", "an object"),
        ("List`", "a list"),
    ];

    public static string Of(JsonException failure)
    {
        var message = failure.Message;
        if (message.StartsWith(Conversion, StringComparison.Ordinal))
            return $"it must be {KindOf(failure.InnerException?.Message ?? message[Conversion.Length..])}";
        if (message.Contains("missing required properties", StringComparison.Ordinal))
            return $"it lacks {Quoted(message[message.LastIndexOf(':')..])}";
        if (message.Contains("uplicate propert", StringComparison.Ordinal)) return "a member occurs twice; give it once";
        return failure.InnerException is not JsonException syntax ? "it is not JSON"
            : IsTooShort(syntax.Message) ? "the text ends too early; close every string, list and object"
            : "it is not JSON; write names and strings in double quotes, commas between items, and no comma after the last one";
    }

    private static string KindOf(string message)
    {
        // The name of a generic type can contain the name of the type of its items, and it comes first.
        var found = Kinds.Where(kind => message.Contains(kind.Part, StringComparison.Ordinal))
            .OrderBy(kind => message.IndexOf(kind.Part, StringComparison.Ordinal)).FirstOrDefault();
        return found.Wanted ?? "an object";
    }

    /// <summary>Returns the names in single quotes of a message. They are names of the protocol, and not the sender's.</summary>
    private static string Quoted(string message) => string.Join(", ", message.Split('\'').Where((_, i) => i % 2 == 1));

    private static bool IsTooShort(string message) =>
        message.Contains("end of", StringComparison.OrdinalIgnoreCase)
        || message.Contains("depth to be zero", StringComparison.Ordinal)
        || message.Contains("does not contain any JSON tokens", StringComparison.Ordinal)
        || message.Contains("reached end of data", StringComparison.OrdinalIgnoreCase);
}
