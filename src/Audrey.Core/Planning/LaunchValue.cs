using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Audrey.Core.Planning;

/// <summary>A value given at launch. The string form of this object does not show the value.</summary>
public sealed class LaunchValue
{
    /// <summary>Creates a value for one parameter.</summary>
    /// <param name="address">The parameter.</param>
    /// <param name="values">One value, or the items of a list.</param>
    public LaunchValue(ParameterAddress address, ImmutableArray<string> values) => (Address, Values) = (address, values);

    /// <summary>The parameter.</summary>
    public ParameterAddress Address { get; }

    /// <summary>One value, or the items of a list.</summary>
    public ImmutableArray<string> Values { get; }

    /// <summary>Parses <c>assembly[service].parameter=value</c>. The first <c>=</c> after the name begins the value.</summary>
    /// <param name="text">The string.</param>
    /// <param name="given">The value.</param>
    /// <param name="problem">A description of the error in the string, without the value.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LaunchValue? given, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        given = null;
        // A name can contain '=', so look for the first '=' after the bracket and the dot.
        var dot = text.IndexOf("].", StringComparison.Ordinal);
        var equals = dot < 0 ? -1 : text.IndexOf('=', dot);
        if (equals < 0)
        {
            problem = "write a value as assembly[service].parameter=value";
            return false;
        }

        if (!ParameterAddress.TryParse(text[..equals], out var address, out problem)) return false;
        given = new LaunchValue(address, [text[(equals + 1)..]]);
        return true;
    }

    /// <summary>Shows the parameter without the value.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>Identifies a parameter in a deployable: <c>assembly[service].parameter</c>.</summary>
/// <param name="Assembly">The name of the assembly.</param>
/// <param name="Service">The name of the service in the assembly.</param>
/// <param name="Parameter">The name of the parameter.</param>
public sealed record ParameterAddress(string Assembly, string Service, string Parameter)
{
    /// <summary>Parses <c>assembly[service].parameter</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ParameterAddress? address, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        problem = "write a parameter as assembly[service].parameter";
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = text.IndexOf("].", StringComparison.Ordinal);
        if (open < 1 || close < open + 2 || close + 2 == text.Length) return false;
        problem = null;
        address = new ParameterAddress(text[..open], text[(open + 1)..close], text[(close + 2)..]);
        return true;
    }

    /// <summary>Returns the form that <see cref="TryParse"/> parses.</summary>
    public override string ToString() => $"{Assembly}[{Service}].{Parameter}";
}
