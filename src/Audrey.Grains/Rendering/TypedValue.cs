using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Audrey.Core.Documents;
using Audrey.Core.Text;
using Audrey.Protocol.Version3;

namespace Audrey.Grains.Rendering;

/// <summary>
/// Formats a value as JSON of its parameter's type. Values are bytes that a guest or a conductor chose. A value that does not match the
/// type is formatted as a string, with the reason.
/// </summary>
internal static class TypedValue
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Formats one value.</summary>
    public static Parameter Format(ParameterConfig parameter, byte[] value)
    {
        var type = parameter.Type switch
        {
            ParameterType.Integer => "integer",
            ParameterType.Boolean => "boolean",
            ParameterType.List => "list",
            _ => "text",
        };
        var made = new Parameter { Name = parameter.Name, Type = type, Secret = parameter.Secret };
        if (TextOf(value) is not { } text)
        {
            var problem = parameter.Type == ParameterType.Text ? null : "the value is not UTF-8";
            return made with { Base64 = Convert.ToBase64String(value), Problem = problem };
        }

        return parameter.Type switch
        {
            ParameterType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                made with { Value = JsonValue.Create(number) },
            ParameterType.Integer => made with { Value = JsonValue.Create(text), Problem = "the value is not a whole number of 64 bits" },
            ParameterType.Boolean when text is "true" or "false" => made with { Value = JsonValue.Create(text == "true") },
            ParameterType.Boolean => made with { Value = JsonValue.Create(text), Problem = "the value is neither true nor false" },
            ParameterType.List =>
                made with { Value = new JsonArray([.. ListText.Split(text).Select(line => (JsonNode?)JsonValue.Create(line))]) },
            _ => made with { Value = JsonValue.Create(text) },
        };
    }

    /// <summary>
    /// Formats the values of a group as a list, whatever the parameter's type is. The list has one value for each member, in the group's
    /// order.
    /// </summary>
    public static Parameter Format(ParameterConfig parameter, IReadOnlyList<byte[]> values)
    {
        var made = new Parameter { Name = parameter.Name, Type = "list", Secret = parameter.Secret };
        string?[] texts = [.. values.Select(TextOf)];
        if (!texts.Contains(null)) return made with { Value = new JsonArray([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]) };
        byte[] lines = [.. values.SelectMany((value, index) => index == 0 ? value : [(byte)'\n', .. value])];
        return made with { Base64 = Convert.ToBase64String(lines), Problem = "a value is not UTF-8" };
    }

    private static string? TextOf(byte[] value)
    {
        try
        {
            return Strict.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
