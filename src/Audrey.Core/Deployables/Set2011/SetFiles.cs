using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>A deployable of 2011: which assemblies there are, and the type of each.</summary>
internal sealed record DeployableFile(string Name, ImmutableArray<Member> Members);

/// <summary>One assembly of a deployable of 2011.</summary>
/// <param name="Name">Its name, which others refer to.</param>
/// <param name="Type">Name of the assembly file that says what it is.</param>
/// <param name="HardwareProfile">The hardware profile.</param>
/// <param name="Realm">The realm, or null.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="TypeLocation">Where its type stands.</param>
internal sealed record Member(
    string Name, string Type, string HardwareProfile, string? Realm, DocumentLocation Location, DocumentLocation TypeLocation);

/// <summary>An assembly file of 2011: a type that assemblies of the deployable name.</summary>
internal sealed class AssemblyFile
{
    public required string Name { get; init; }

    public required DocumentLocation Location { get; init; }

    /// <summary>Name of the template that it is made from.</summary>
    public required string TemplateName { get; init; }

    public required DocumentLocation TemplateLocation { get; init; }

    public required ImmutableArray<ServiceDocument> Services { get; init; }

    /// <summary>Where each service stands, by name.</summary>
    public required IReadOnlyDictionary<string, DocumentLocation> ServiceLocations { get; init; }

    /// <summary>Where each parameter stands, by the names of its service and its own.</summary>
    public required IReadOnlyDictionary<(string Service, string Parameter), DocumentLocation> ParameterLocations { get; init; }

    public required IReadOnlyList<ReferenceDraft> References { get; init; }
}
