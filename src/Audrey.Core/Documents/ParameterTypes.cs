using System.Globalization;
using System.Text;
using Audrey.Core.Text;

namespace Audrey.Core.Documents;

/// <summary>The types of parameters: the names of the types in documents, and the values that each type allows.</summary>
public static class ParameterTypes
{
    private static readonly (ParameterType Type, string Name)[] Known =
    [
        (ParameterType.Text, "text"), (ParameterType.Integer, "integer"), (ParameterType.Boolean, "boolean"), (ParameterType.List, "list"),
    ];

    /// <summary>The names of the types in other languages.</summary>
    private static readonly (string Word, ParameterType Type)[] Elsewhere =
    [
        ("string", ParameterType.Text), ("str", ParameterType.Text), ("scalar", ParameterType.Text), ("int", ParameterType.Integer),
        ("number", ParameterType.Integer), ("bool", ParameterType.Boolean), ("array", ParameterType.List), ("sequence", ParameterType.List),
    ];

    /// <summary>The names of all types.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>Returns the name of a type.</summary>
    public static string Name(ParameterType type) => Known.First(known => known.Type == type).Name;

    /// <summary>Returns the type with the given name, or null.</summary>
    public static ParameterType? Find(string name)
    {
        foreach (var known in Known)
            if (known.Name == name) return known.Type;
        return null;
    }

    /// <summary>Returns the name of the type that an unknown name probably stands for, or null.</summary>
    public static string? Nearest(string name)
    {
        foreach (var (word, type) in Elsewhere)
            if (string.Equals(word, name, StringComparison.OrdinalIgnoreCase)) return Name(type);
        return NearestName.Find(name, Names);
    }

    /// <summary>
    /// Returns null if a string is a value of a type. Otherwise returns a description of the error, which does not repeat the value. The
    /// description is the end of a sentence: the caller puts the subject before it.
    /// </summary>
    public static string? Problem(ParameterType type, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return type switch
        {
            ParameterType.Integer when !IsInteger(value) => "is not an integer; write decimal digits, with or without a leading minus",
            ParameterType.Integer when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                "is not an integer of 64 bits; write one from -9223372036854775808 to 9223372036854775807, or use the type text",
            ParameterType.Boolean when value is not ("true" or "false") => "is not a boolean; write true or false",
            _ => null,
        };
    }

    /// <summary>Checks the bytes of a value as <see cref="Problem(ParameterType, string)"/> checks its string.</summary>
    public static string? Problem(ParameterType type, byte[] value) => Problem(type, Encoding.UTF8.GetString(value));

    private static bool IsInteger(string value)
    {
        var digits = value.AsSpan(value.StartsWith('-') ? 1 : 0);
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
