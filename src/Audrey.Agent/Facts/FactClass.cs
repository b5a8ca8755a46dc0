namespace Audrey.Agent.Facts;

/// <summary>The types of values. In JSON they are a string, a number without and with a fraction, an array, and an object.</summary>
internal enum FactType
{
    Text = 0,
    Integer,
    Number,
    List,
    Map,
}

/// <summary>A property of a class of facts.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of the value.</param>
/// <param name="Description">What the value is. For a list or a map: also what it consists of.</param>
internal sealed record FactProperty(string Name, FactType Type, string Description)
{
    /// <summary>The unit of the value. Null if it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// The name of the property that has the observed value. The value of this property is then the configured one. Null if there is only
    /// one value.
    /// </summary>
    public string? Observed { get; init; }

    /// <summary>Whether the value changes all the time, as the load does. A change of such a value is not told to anyone.</summary>
    public bool IsVolatile { get; init; }
}

/// <summary>A class of facts: what the guest can know about one part of the machine.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What the class describes.</param>
/// <param name="Properties">The properties that every machine has.</param>
internal sealed record FactClass(string Name, string Description, params IReadOnlyList<FactProperty> Properties)
{
    /// <summary>
    /// Describes the properties whose names depend on the machine. The name in this description is a placeholder. Null if there are none.
    /// </summary>
    public FactProperty? Open { get; init; }

    /// <summary>The names of open properties whose values change all the time.</summary>
    public IReadOnlySet<string> VolatileNames { get; init; } = new HashSet<string>();

    /// <summary>Returns the property of this name. Null if the class cannot have such a property.</summary>
    public FactProperty? Find(string name) => Properties.FirstOrDefault(property => property.Name == name) ?? Open;

    /// <summary>Returns whether the value of the property changes all the time.</summary>
    public bool IsVolatile(string name) => VolatileNames.Contains(name) || Find(name) is { IsVolatile: true };
}
