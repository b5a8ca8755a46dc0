using System.Collections.Immutable;

namespace Audrey.Core.Xml;

/// <summary>What one element of a document may hold. Whatever is not declared here is refused.</summary>
/// <param name="Name">The element's name.</param>
internal sealed record ElementShape(string Name)
{
    /// <summary>Attributes that must be there.</summary>
    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>Attributes that may be there.</summary>
    public ImmutableArray<string> Optional { get; init; } = [];

    /// <summary>Child elements in their order.</summary>
    public ImmutableArray<ChildShape> Children { get; init; } = [];

    /// <summary>Whether the children may come in any order.</summary>
    public bool AnyOrder { get; init; }

    /// <summary>The child's place in the order, or -1 when it is not declared.</summary>
    public int IndexOf(string child)
    {
        for (var i = 0; i < Children.Length; i++)
            if (Children[i].Name == child) return i;
        return -1;
    }
}

/// <summary>How often a child element may occur.</summary>
/// <param name="Name">The child's name.</param>
/// <param name="Needed">Whether at least one must be there.</param>
/// <param name="Many">Whether several may be there.</param>
internal readonly record struct ChildShape(string Name, bool Needed, bool Many)
{
    public static ChildShape One(string name) => new(name, true, false);

    public static ChildShape ZeroOrOne(string name) => new(name, false, false);

    public static ChildShape OneOrMore(string name) => new(name, true, true);

    public static ChildShape ZeroOrMore(string name) => new(name, false, true);
}
