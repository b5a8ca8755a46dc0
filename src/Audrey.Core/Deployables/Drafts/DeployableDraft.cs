namespace Audrey.Core.Deployables.Drafts;

/// <summary>A deployable as its reader understood it, with the places of what must still be held against the whole.</summary>
internal sealed class DeployableDraft
{
    /// <summary>What it says of itself; its assemblies are in <see cref="Assemblies"/>.</summary>
    public required DeployableDocument Head { get; init; }

    /// <summary>The assemblies, in document order.</summary>
    public required IReadOnlyList<AssemblyDraft> Assemblies { get; init; }

    /// <summary>The deployable that the draft became.</summary>
    public DeployableDocument ToDocument() => Head with { Assemblies = [.. Assemblies.Select(assembly => assembly.Document)] };
}

/// <summary>One assembly with its references.</summary>
internal sealed class AssemblyDraft
{
    /// <summary>What it says.</summary>
    public required AssemblyDocument Document { get; set; }

    /// <summary>Where it stands.</summary>
    public required DocumentLocation Location { get; init; }

    /// <summary>What its parameters refer to. Assemblies made of one file of 2011 share one list.</summary>
    public required IReadOnlyList<ReferenceDraft> References { get; init; }
}

/// <summary>One reference with what is said of it where it stands.</summary>
internal sealed class ReferenceDraft
{
    /// <summary>The service whose parameter it is.</summary>
    public required string Service { get; init; }

    /// <summary>The parameter.</summary>
    public required ParameterDocument Parameter { get; init; }

    /// <summary>Whether it says that it is of a group, as by "all".</summary>
    public bool OfGroup { get; init; }

    /// <summary>Where the assembly is named.</summary>
    public required DocumentLocation Assembly { get; init; }

    /// <summary>Where the return or the service is named.</summary>
    public required DocumentLocation Name { get; init; }

    /// <summary>How a reference to all of a group is written there; null: the format has no groups.</summary>
    public string? GroupForm { get; init; }
}
