using System.Collections.Immutable;
using Audrey.Core.Documents;

namespace Audrey.Core.Deployables;

/// <summary>
/// The deployable that a conductor launches: its assemblies and the references between them. Every kind of document (Deployable 1.0, a set
/// of files in the format of 2011, YAML) is read into this type. A launch plan turns the deployable into instances.
/// </summary>
public sealed record DeployableDocument
{
    /// <summary>The name of the deployable.</summary>
    public required string Name { get; init; }

    /// <summary>The id in the document. Null if the launch plan must create an id.</summary>
    public string? Id { get; init; }

    /// <summary>A free-text description.</summary>
    public string? Description { get; init; }

    /// <summary>The maximum time from the launch until the deployable is configured. Null for no limit.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// Whether the guests stay when all services have ended, unless their assembly says otherwise. Null if the document does not say it.
    /// </summary>
    public bool? Stay { get; init; }

    /// <summary>The assemblies, in document order. The names of assemblies are unique.</summary>
    public ImmutableArray<AssemblyDocument> Assemblies { get; init; } = [];
}

/// <summary>One assembly, which describes an instance or a group of identical instances.</summary>
public sealed record AssemblyDocument
{
    /// <summary>The name, unique in the deployable.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The number of instances of a group, from 0. Null for a single instance. A group with one member, or with none, is still a group.
    /// </summary>
    public int? Count { get; init; }

    /// <summary>
    /// Whether the guests stay when all services have ended. Null if the assembly does not say it: then the deployable's <see
    /// cref="DeployableDocument.Stay"/> decides, and without that, whether a service of the assembly refers to a group.
    /// </summary>
    public bool? Stay { get; init; }

    /// <summary>The hardware profile to launch on (<c>hwp</c>).</summary>
    public string? HardwareProfile { get; init; }

    /// <summary>The realm to launch in.</summary>
    public string? Realm { get; init; }

    /// <summary>The image to boot. Null in the format of 2011, in which the template describes the image to build.</summary>
    public ImageDocument? Image { get; init; }

    /// <summary>The template of the assembly's image, or null.</summary>
    public TemplateDocument? Template { get; init; }

    /// <summary>The services, in document order. The names of services are unique in the assembly.</summary>
    public ImmutableArray<ServiceDocument> Services { get; init; } = [];

    /// <summary>The values that each instance provides after it has booted, in document order.</summary>
    public ImmutableArray<ReturnDocument> Returns { get; init; } = [];
}

/// <summary>An image to boot.</summary>
/// <param name="Id">The id of the image in the cloud.</param>
/// <param name="Build">The build of the image, or null.</param>
public sealed record ImageDocument(string Id, string? Build);

/// <summary>The source of an image, reduced to the parts that matter after the launch.</summary>
public sealed record TemplateDocument
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The packages that must be in the image, in document order.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];
}

/// <summary>A value that an instance provides after it has booted.</summary>
/// <param name="Name">The name.</param>
/// <param name="Secret">Whether the value is secret. Only the instances that need a secret value receive it.</param>
/// <param name="Fact">The fact that is the value. Null if the fact of the same name is the value, or if there is no such fact.</param>
public sealed record ReturnDocument(string Name, bool Secret = false, FactName? Fact = null);

/// <summary>One service of an assembly. A puppet service has classes. A script service has an executable.</summary>
public sealed record ServiceDocument
{
    /// <summary>The name, unique in the assembly.</summary>
    public required string Name { get; init; }

    /// <summary>A free-text description.</summary>
    public string? Description { get; init; }

    /// <summary>The puppet classes. Empty for a script.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>The program that configures the service. Null for puppet.</summary>
    public SourceFile? Executable { get; init; }

    /// <summary>Files that accompany the executable.</summary>
    public ImmutableArray<SourceFile> Files { get; init; } = [];

    /// <summary>The required parameters, in document order. The names of parameters are unique in the service.</summary>
    public ImmutableArray<ParameterDocument> Parameters { get; init; } = [];
}

/// <summary>
/// One required parameter of a service. A value given at launch takes precedence over <see cref="Value"/>, which takes precedence over the
/// value that <see cref="Reference"/> refers to. <see cref="Default"/> is used until the reference has a value. A parameter with none of
/// these must receive a value at launch.
/// </summary>
public sealed record ParameterDocument
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The type of the value.</summary>
    public ParameterType Type { get; init; } = ParameterType.Text;

    /// <summary>Whether the value is secret. Only the guest receives a secret value.</summary>
    public bool Secret { get; init; }

    /// <summary>The value in the document as a string, or null.</summary>
    public string? Value { get; init; }

    /// <summary>The source of the value, or null.</summary>
    public ReferenceDocument? Reference { get; init; }

    /// <summary>The value to use until the reference has a value. Null if the service waits for the reference.</summary>
    public string? Default { get; init; }

    /// <summary>Shows the name without the values, because the string can reach a log and the values may be secret.</summary>
    public override string ToString() => $"{nameof(ParameterDocument)} {Name}";
}

/// <summary>
/// A reference to a value of another assembly's instance or, if that assembly is a group, to the values of its instances.
/// </summary>
public sealed record ReferenceDocument
{
    /// <summary>The name of the assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>The kind of value that the reference refers to in that assembly.</summary>
    public required ReferenceKind Kind { get; init; }

    /// <summary>The name of the return or the service.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// For a group: the number of instances whose values are used, counted from the first. Null for all instances. The value of a reference
    /// to a group is a list.
    /// </summary>
    public int? First { get; init; }

    /// <summary>For a group: the number of values that must be available. Null if all values that are used must be available.</summary>
    public int? AtLeast { get; init; }

    /// <summary>For the end of a service: what happens if that service has failed.</summary>
    public FailurePolicy OnFailed { get; init; }

    /// <summary>The numbers of values of a group that the reference uses and needs.</summary>
    internal GroupNumbers Numbers => new(First, AtLeast);
}
