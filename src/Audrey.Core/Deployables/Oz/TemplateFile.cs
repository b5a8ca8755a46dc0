using System.Collections.Immutable;
using Audrey.Core.Deployables.Drafts;

namespace Audrey.Core.Deployables.Oz;

/// <summary>A template: the source of an image and, in the format of 2011, the parameters that its services need and provide.</summary>
internal sealed class TemplateFile
{
    public required string Name { get; init; }

    public required DocumentLocation Location { get; init; }

    /// <summary>The packages to install, in document order and without duplicates.</summary>
    public required ImmutableArray<string> Packages { get; init; }

    /// <summary>The services. Only templates in the format of 2011 have them.</summary>
    public required ImmutableArray<TemplateService> Services { get; init; }

    public TemplateDocument ToDocument() => new() { Name = Name, Packages = Packages };
}

/// <summary>A service in a template in the format of 2011.</summary>
internal sealed record TemplateService(string Name, ImmutableArray<string> Classes, ImmutableArray<TemplateParameter> Parameters);

/// <summary>A parameter of such a service.</summary>
/// <param name="Name">The name.</param>
/// <param name="Required">Whether an assembly must give the parameter a value or a reference.</param>
/// <param name="Provided">Whether the instance provides the parameter.</param>
internal sealed record TemplateParameter(string Name, bool Required, bool Provided);
