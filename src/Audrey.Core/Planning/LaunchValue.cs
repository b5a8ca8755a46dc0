using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Audrey.Core.Planning;

/// <summary>A value given at launch. Its text never shows the value.</summary>
public sealed class LaunchValue
{
    /// <summary>A value for one parameter.</summary>
    /// <param name="address">The parameter.</param>
    /// <param name="values">One value, or any number for a list.</param>
    public LaunchValue(ParameterAddress address, ImmutableArray<string> values) => (Address, Values) = (address, values);

    /// <summary>The parameter.</summary>
    public ParameterAddress Address { get; }

    /// <summary>One value, or any number for a list.</summary>
    public ImmutableArray<string> Values { get; }

    /// <summary>Reads <c>assembly[service].parameter=value</c>; everything behind the first <c>=</c> after the name is the value.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="given">The value.</param>
    /// <param name="problem">What is wrong with the text; holds no value.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LaunchValue? given, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        given = null;
        // A name may hold a '=', so the one that ends it is the first behind the bracket and the dot.
        var dot = text.IndexOf("].", StringComparison.Ordinal);
        var equals = dot < 0 ? -1 : text.IndexOf('=', dot);
        if (equals < 0)
        {
            problem = "a value is given as assembly[service].parameter=value";
            return false;
        }

        if (!ParameterAddress.TryParse(text[..equals], out var address, out problem)) return false;
        given = new LaunchValue(address, [text[(equals + 1)..]]);
        return true;
    }

    /// <summary>The parameter, without the value.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>Names a parameter in a deployable: <c>assembly[service].parameter</c>.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Service">The service in it.</param>
/// <param name="Parameter">The parameter of the service.</param>
public sealed record ParameterAddress(string Assembly, string Service, string Parameter)
{
    /// <summary>Reads <c>assembly[service].parameter</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ParameterAddress? address, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        problem = "a parameter is named as assembly[service].parameter";
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = text.IndexOf("].", StringComparison.Ordinal);
        if (open < 1 || close < open + 2 || close + 2 == text.Length) return false;
        problem = null;
        address = new ParameterAddress(text[..open], text[(open + 1)..close], text[(close + 2)..]);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => $"{Assembly}[{Service}].{Parameter}";
}
