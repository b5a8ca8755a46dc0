using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;

namespace Audrey.Core.Deployables.Set2011;

/// <summary>A deployable in the format of 2011, with its assemblies and their types.</summary>
internal sealed record DeployableFile(string Name, ImmutableArray<Member> Members);

/// <summary>One assembly of such a deployable.</summary>
/// <param name="Name">The name that other assemblies refer to.</param>
/// <param name="Type">The name of the assembly file that describes it.</param>
/// <param name="HardwareProfile">The hardware profile.</param>
/// <param name="Realm">The realm, or null.</param>
/// <param name="Location">The location at which the assembly is defined.</param>
/// <param name="TypeLocation">The location at which the type of the assembly is given.</param>
internal sealed record Member(
    string Name, string Type, string HardwareProfile, string? Realm, DocumentLocation Location, DocumentLocation TypeLocation);

/// <summary>An assembly file in the format of 2011. It defines a type that the assemblies of a deployable refer to.</summary>
internal sealed class AssemblyFile
{
    public required string Name { get; init; }

    public required DocumentLocation Location { get; init; }

    /// <summary>The name of the assembly's template.</summary>
    public required string TemplateName { get; init; }

    public required DocumentLocation TemplateLocation { get; init; }

    public required ImmutableArray<ServiceDocument> Services { get; init; }

    /// <summary>The location of each service's definition, by the name of the service.</summary>
    public required IReadOnlyDictionary<string, DocumentLocation> ServiceLocations { get; init; }

    /// <summary>The location of each parameter's definition, by the names of the service and the parameter.</summary>
    public required IReadOnlyDictionary<(string Service, string Parameter), DocumentLocation> ParameterLocations { get; init; }

    public required IReadOnlyList<ReferenceDraft> References { get; init; }
}
