using System.Collections.Immutable;

namespace Audrey.Core.Xml;

/// <summary>The allowed content of one element of a document. Content that is not declared here is refused.</summary>
/// <param name="Name">The name of the element.</param>
internal sealed record ElementShape(string Name)
{
    /// <summary>Attributes that must be present.</summary>
    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>Attributes that are allowed but not required.</summary>
    public ImmutableArray<string> Optional { get; init; } = [];

    /// <summary>The child elements, in order.</summary>
    public ImmutableArray<ChildShape> Children { get; init; } = [];

    /// <summary>Whether the children can be in any order.</summary>
    public bool AnyOrder { get; init; }

    /// <summary>Returns the index of a child, or -1 if the child is not declared.</summary>
    public int IndexOf(string child)
    {
        for (var i = 0; i < Children.Length; i++)
            if (Children[i].Name == child) return i;
        return -1;
    }
}

/// <summary>A child element, and the allowed number of its occurrences.</summary>
/// <param name="Name">The name of the child.</param>
/// <param name="Needed">Whether the child must occur at least once.</param>
/// <param name="Many">Whether the child may occur several times.</param>
internal readonly record struct ChildShape(string Name, bool Needed, bool Many)
{
    public static ChildShape One(string name) => new(name, true, false);

    public static ChildShape ZeroOrOne(string name) => new(name, false, false);

    public static ChildShape OneOrMore(string name) => new(name, true, true);

    public static ChildShape ZeroOrMore(string name) => new(name, false, true);
}
