using System.Collections.Immutable;
using Audrey.Core.Documents;

namespace Audrey.Core.Deployables;

/// <summary>
/// What a conductor launches, whatever kind of document said it (Deployable 1.0, a set of 2011, YAML): the assemblies, and what each
/// needs of the others. A launch plan makes instances of it.
/// </summary>
public sealed record DeployableDocument
{
    /// <summary>The deployable's name.</summary>
    public required string Name { get; init; }

    /// <summary>The id that the document gives it, or null: the plan makes one.</summary>
    public string? Id { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>How long after its launch the deployable may take until it is complete; null: as long as it likes.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The assemblies, in document order; their names are unique.</summary>
    public ImmutableArray<AssemblyDocument> Assemblies { get; init; } = [];
}

/// <summary>One assembly: an instance, or a group of like instances.</summary>
public sealed record AssemblyDocument
{
    /// <summary>Its name, unique in the deployable.</summary>
    public required string Name { get; init; }

    /// <summary>How many instances it is; null: one, and no group. A group of one is still a group.</summary>
    public int? Count { get; init; }

    /// <summary>The hardware profile to launch on (<c>hwp</c>).</summary>
    public string? HardwareProfile { get; init; }

    /// <summary>The realm to launch in.</summary>
    public string? Realm { get; init; }

    /// <summary>The image to boot; null in the set of 2011, where the template says what to build.</summary>
    public ImageDocument? Image { get; init; }

    /// <summary>The template that it is made from, or null.</summary>
    public TemplateDocument? Template { get; init; }

    /// <summary>Its services, in document order; their names are unique in the assembly.</summary>
    public ImmutableArray<ServiceDocument> Services { get; init; } = [];

    /// <summary>What each of its instances gives once it has booted, in document order.</summary>
    public ImmutableArray<ReturnDocument> Returns { get; init; } = [];
}

/// <summary>An image to boot.</summary>
/// <param name="Id">Its id at the provider.</param>
/// <param name="Build">Its build, or null.</param>
public sealed record ImageDocument(string Id, string? Build);

/// <summary>What an image is built from, as far as it matters after the launch.</summary>
public sealed record TemplateDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The packages that must be in the image, in document order.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];
}

/// <summary>A value that an instance gives once it has booted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Secret">Whether it must be shown to nobody but those that need it.</param>
public sealed record ReturnDocument(string Name, bool Secret = false);

/// <summary>One service of an assembly. Puppet's has classes, a script's an executable.</summary>
public sealed record ServiceDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Puppet classes; empty for a script.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>What configures the service; null for puppet.</summary>
    public SourceFile? Executable { get; init; }

    /// <summary>Files that accompany the executable.</summary>
    public ImmutableArray<SourceFile> Files { get; init; } = [];

    /// <summary>What it needs, in document order; names are unique in the service.</summary>
    public ImmutableArray<ParameterDocument> Parameters { get; init; } = [];
}

/// <summary>
/// One parameter that a service needs. Its value is what is given at launch, else <see cref="Value"/>, else what <see cref="Reference"/>
/// names, and for a reference that is optional <see cref="Default"/> until that is there. With none of these it must be given at launch.
/// </summary>
public sealed record ParameterDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What its value must look like.</summary>
    public ParameterType Type { get; init; } = ParameterType.Text;

    /// <summary>Whether its value must be shown to nobody but the guest.</summary>
    public bool Secret { get; init; }

    /// <summary>The value in the document, as text; null: none.</summary>
    public string? Value { get; init; }

    /// <summary>Where the value comes from, or null.</summary>
    public ReferenceDocument? Reference { get; init; }

    /// <summary>What stands in for a reference until its value is there; null: the service waits for it.</summary>
    public string? Default { get; init; }

    /// <summary>Names it without its values, which may be secret: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(ParameterDocument)} {Name}";
}

/// <summary>A value that another assembly's instance, or all of a group, give.</summary>
public sealed record ReferenceDocument
{
    /// <summary>The assembly's name.</summary>
    public required string Assembly { get; init; }

    /// <summary>What is referred to there.</summary>
    public required ReferenceKind Kind { get; init; }

    /// <summary>Name of the return or of the service.</summary>
    public required string Name { get; init; }

    /// <summary>Of a group: the values of the first so many instances; null: of all of them. The value is then a list.</summary>
    public int? First { get; init; }

    /// <summary>Of a group: how many values must be there; null: all that are wanted.</summary>
    public int? AtLeast { get; init; }
}
