using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>A deployable of 2011: its assemblies and the type of each.</summary>
internal sealed record DeployableFile(string Name, ImmutableArray<Member> Members);

/// <summary>One assembly of a deployable of 2011.</summary>
/// <param name="Name">The name that other assemblies refer to.</param>
/// <param name="Type">The name of the assembly file that describes it.</param>
/// <param name="HardwareProfile">The hardware profile.</param>
/// <param name="Realm">The realm, or null.</param>
/// <param name="Location">Where the assembly is defined.</param>
/// <param name="TypeLocation">Where the type of the assembly is given.</param>
internal sealed record Member(
    string Name, string Type, string HardwareProfile, string? Realm, DocumentLocation Location, DocumentLocation TypeLocation);

/// <summary>An assembly file of 2011: a type that the assemblies of a deployable refer to.</summary>
internal sealed class AssemblyFile
{
    public required string Name { get; init; }

    public required DocumentLocation Location { get; init; }

    /// <summary>The name of its template.</summary>
    public required string TemplateName { get; init; }

    public required DocumentLocation TemplateLocation { get; init; }

    public required ImmutableArray<ServiceDocument> Services { get; init; }

    /// <summary>Where each service is defined, by name.</summary>
    public required IReadOnlyDictionary<string, DocumentLocation> ServiceLocations { get; init; }

    /// <summary>Where each parameter is defined, by the name of the service and the name of the parameter.</summary>
    public required IReadOnlyDictionary<(string Service, string Parameter), DocumentLocation> ParameterLocations { get; init; }

    public required IReadOnlyList<ReferenceDraft> References { get; init; }
}
