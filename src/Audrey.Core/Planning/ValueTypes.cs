using System.Numerics;
using Audrey.Core.Documents;

namespace Audrey.Core.Planning;

/// <summary>Checks values against the type of their parameter.</summary>
internal static class ValueTypes
{
    /// <summary>
    /// Returns null if the string is a value of the type. Otherwise returns the reason why the string is not a value of the type. The
    /// reason does not contain the string.
    /// </summary>
    public static string? Problem(string text, ParameterType type) => type switch
    {
        ParameterType.Integer when !IsInteger(text) => "is not a whole number; write decimal digits, with - before a negative number",
        ParameterType.Boolean when text is not ("true" or "false") => "is neither true nor false",
        _ => null,
    };

    /// <summary>Returns whether the string is a whole number in decimal digits that puppet and scripts can represent.</summary>
    public static bool IsInteger(string text)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        return digits.Length is > 0 and <= 19 && !digits.ContainsAnyExceptInRange('0', '9') && BigInteger.Parse(text, null) is var number
            && number >= long.MinValue && number <= long.MaxValue;
    }
}
