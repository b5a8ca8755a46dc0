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
        var problem = TypeRules.ProblemOf(parameter.Type, value);
        var type = ParameterTypes.Name(parameter.Type);
        var made = new Parameter { Name = parameter.Name, Type = type, Secret = parameter.Secret, Problem = problem };
        if (TextOf(value) is not { } text) return made with { Base64 = Convert.ToBase64String(value) };
        return parameter.Type switch
        {
            _ when problem is not null => made with { Value = JsonValue.Create(text) },
            ParameterType.Integer => made with
            {
                Value = JsonValue.Create(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            },
            ParameterType.Boolean => made with { Value = JsonValue.Create(text == "true") },
            ParameterType.List => made with
            {
                Value = new JsonArray([.. ListText.Split(text).Select(line => (JsonNode?)JsonValue.Create(line))]),
            },
            _ => made with { Value = JsonValue.Create(text) },
        };
    }

    /// <summary>
    /// Formats the values of a group as a list, whatever the parameter's type is. The list has one value for each member, in the group's
    /// order.
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="values">The values of the members.</param>
    /// <param name="joined">The values in one, as guests of versions 0 to 2 get them.</param>
    public static Parameter Format(ParameterConfig parameter, IReadOnlyList<byte[]> values, byte[] joined)
    {
        var made = new Parameter
        {
            Name = parameter.Name,
            Type = ParameterTypes.Name(ParameterType.List),
            Secret = parameter.Secret,
        };
        string?[] texts = [.. values.Select(TextOf)];
        if (!texts.Contains(null)) return made with { Value = new JsonArray([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]) };
        return made with { Base64 = Convert.ToBase64String(joined), Problem = "a value is not UTF-8" };
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
