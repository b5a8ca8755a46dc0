namespace Audrey.Core.Deployables.Drafts;

/// <summary>
/// A deployable as it was read from files. The draft contains the locations of all parts that are later checked against the whole
/// deployable.
/// </summary>
internal sealed class DeployableDraft
{
    /// <summary>The deployable without its assemblies, which are in <see cref="Assemblies"/>.</summary>
    public required DeployableDocument Head { get; init; }

    /// <summary>The assemblies, in document order.</summary>
    public required IReadOnlyList<AssemblyDraft> Assemblies { get; init; }

    /// <summary>Returns the deployable with its assemblies.</summary>
    public DeployableDocument ToDocument() => Head with { Assemblies = [.. Assemblies.Select(assembly => assembly.Document)] };
}

/// <summary>One assembly with its references.</summary>
internal sealed class AssemblyDraft
{
    /// <summary>The assembly.</summary>
    public required AssemblyDocument Document { get; set; }

    /// <summary>The location at which the assembly is defined.</summary>
    public required DocumentLocation Location { get; init; }

    /// <summary>
    /// The references of the assembly's parameters. Assemblies that come from one file in the format of 2011 share one list.
    /// </summary>
    public required IReadOnlyList<ReferenceDraft> References { get; init; }
}

/// <summary>One reference and its location.</summary>
internal sealed class ReferenceDraft
{
    /// <summary>The service that has the parameter.</summary>
    public required string Service { get; init; }

    /// <summary>The parameter that has the reference.</summary>
    public required ParameterDocument Parameter { get; init; }

    /// <summary>Whether the reference is written as a reference to a group, for example with "all".</summary>
    public bool OfGroup { get; init; }

    /// <summary>The location at which the reference names the assembly.</summary>
    public required DocumentLocation Assembly { get; init; }

    /// <summary>The location at which the reference names the return or the service.</summary>
    public required DocumentLocation Name { get; init; }

    /// <summary>How the document's format writes a reference to a whole group, for messages. Null if the format has no groups.</summary>
    public string? GroupForm { get; init; }
}
