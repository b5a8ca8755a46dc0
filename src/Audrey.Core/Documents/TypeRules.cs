using System.Globalization;
using System.Text.Unicode;

namespace Audrey.Core.Documents;

/// <summary>
/// Rules for values that guests give, by the type of the parameter that takes them. They are those of <see cref="ParameterTypes"/> for the
/// values of documents, but an integer may begin with a plus, because the programs of guests print it so.
/// </summary>
public static class TypeRules
{
    /// <summary>
    /// Returns null if a value is of a type. Otherwise returns the sentence that says why it is not, without the value. A text can be any
    /// bytes.
    /// </summary>
    /// <param name="type">The type of the parameter.</param>
    /// <param name="value">The value.</param>
    public static string? ProblemOf(ParameterType type, ReadOnlySpan<byte> value)
    {
        if (type == ParameterType.Text) return null;
        if (!Utf8.IsValid(value)) return "the value is not UTF-8";
        return type switch
        {
            ParameterType.Integer when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                "the value is not a whole number of 64 bits",
            ParameterType.Boolean when !value.SequenceEqual("true"u8) && !value.SequenceEqual("false"u8) =>
                "the value is neither true nor false",
            _ => null,
        };
    }
}
