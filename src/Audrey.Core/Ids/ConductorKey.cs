using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orleans;

namespace Audrey.Core.Ids;

/// <summary>Key of a conductor's credential.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ConductorKey"), TypeConverter(typeof(ConductorKeyConverter))]
public readonly record struct ConductorKey
{
    private ConductorKey(string value) => Value = value;

    /// <summary>The id's text: 1 to 255 characters, not path-like, no control characters.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <summary>Takes <paramref name="text"/> as an id.</summary>
    /// <exception cref="FormatException">The text is not an id; the message says why.</exception>
    public static ConductorKey Parse(string text) => TryParse(text, out var id, out var problem) ? id : throw new FormatException(problem);

    /// <summary>Takes <paramref name="text"/> as an id, or says why it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConductorKey id, [NotNullWhen(false)] out string? problem)
    {
        problem = IdRules.Problem(text, "the conductor key");
        id = problem is null ? new ConductorKey(text!) : default;
        return problem is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Lets configuration bind a text to a <see cref="ConductorKey"/>.</summary>
internal sealed class ConductorKeyConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        ConductorKey.Parse((string)value);
}
