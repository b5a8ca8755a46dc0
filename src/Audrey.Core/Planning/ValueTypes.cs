using System.Numerics;
using Audrey.Core.Documents;

namespace Audrey.Core.Planning;

/// <summary>Holds values to the type of their parameter.</summary>
internal static class ValueTypes
{
    /// <summary>Why <paramref name="text"/> is no value of that type, without saying the value; null when it is one.</summary>
    public static string? Problem(string text, ParameterType type) => type switch
    {
        ParameterType.Integer when !IsInteger(text) => "is not a whole number; write decimal digits, with - in front of a negative one",
        ParameterType.Boolean when text is not ("true" or "false") => "is neither true nor false",
        _ => null,
    };

    /// <summary>Whether it is a whole number in decimal digits, of a size that puppet and scripts can hold.</summary>
    public static bool IsInteger(string text)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        return digits.Length is > 0 and <= 19 && !digits.ContainsAnyExceptInRange('0', '9') && BigInteger.Parse(text, null) is var number
            && number >= long.MinValue && number <= long.MaxValue;
    }
}
