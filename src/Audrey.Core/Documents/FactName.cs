using Audrey.Core.Limits;
using Orleans;

namespace Audrey.Core.Documents;

/// <summary>The name of a fact that is the value of a provided parameter, such as <c>Sysconfig.sshd-port</c>.</summary>
/// <param name="Class">The class, which has no dot.</param>
/// <param name="Property">The property, which can have dots.</param>
[GenerateSerializer, Immutable, Alias("audrey.FactName")]
public sealed record FactName([property: Id(0)] string Class, [property: Id(1)] string Property)
{
    /// <summary>Returns the name for a text in the form <c>CLASS.PROPERTY</c>. Another text has an empty class or property.</summary>
    public static FactName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? new(text, "") : new(text[..dot], text[(dot + 1)..]);
    }

    /// <summary>Returns the name as it is written in documents.</summary>
    public override string ToString() => $"{Class}.{Property}";

    /// <summary>Returns null if the name is valid. Otherwise returns the end of a sentence about the error.</summary>
    internal string? Problem(DocumentLimits limits)
    {
        if (Class.Length == 0 || Property.Length == 0 || Class.Contains('.', StringComparison.Ordinal))
            return "is not the name of a fact; write CLASS.PROPERTY, such as Sysconfig.sshd-port";
        return (NameRules.Title(Class, limits) ?? NameRules.Title(Property, limits)) is { } problem
            ? $"names a fact whose name {problem}"
            : null;
    }
}

/// <summary>A provided parameter and the fact that is its value.</summary>
/// <param name="Parameter">The name of the provided parameter.</param>
/// <param name="Fact">The fact.</param>
[GenerateSerializer, Immutable, Alias("audrey.ProvidedFact")]
public sealed record ProvidedFact([property: Id(0)] string Parameter, [property: Id(1)] FactName Fact);
