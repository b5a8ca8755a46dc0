using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orleans;

namespace Audrey.Core.Ids;

/// <summary>The key of a conductor's credential. Keys are compared exactly, including their case.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ConductorKey"), TypeConverter(typeof(ConductorKeyConverter))]
public readonly record struct ConductorKey
{
    /// <summary>Gets the key that a conductor has if nobody chose another one: <c>conductor</c>.</summary>
    public static ConductorKey Default { get; } = new("conductor");

    private ConductorKey(string value) => Value = value;

    /// <summary>The key as a string of 1 to 255 characters, without path separators and control characters.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <summary>Parses a key.</summary>
    /// <exception cref="FormatException">The string is not a key. The message explains why.</exception>
    public static ConductorKey Parse(string text) => TryParse(text, out var id, out var problem) ? id : throw new FormatException(problem);

    /// <summary>Tries to parse a key. <paramref name="problem"/> explains why the string is not a key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConductorKey id, [NotNullWhen(false)] out string? problem)
    {
        problem = IdRules.Problem(text, "the conductor key");
        id = problem is null ? new ConductorKey(text!) : default;
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Converts a string in the configuration to a <see cref="ConductorKey"/>.</summary>
internal sealed class ConductorKeyConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        ConductorKey.Parse((string)value);
}
