using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>
/// All values that an instance provides, under one snapshot version. The version only rises, even when the instance is registered again.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ProviderSnapshot")]
public sealed record ProviderSnapshot
{
    [Id(0)] public required InstanceId Provider { get; init; }

    /// <summary>The snapshot version. 0 if the instance was never registered.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>The known values of the provided parameters.</summary>
    [Id(2)] public ImmutableArray<NamedValue> Values { get; init; } = [];

    /// <summary>The exit statuses of the services that have ended.</summary>
    [Id(3)] public ImmutableArray<NamedValue> ServiceEnds { get; init; } = [];

    /// <summary>The names of the parameters that the provider declares.</summary>
    [Id(4)] public ImmutableArray<string> DeclaredParameters { get; init; } = [];

    /// <summary>The names of the provider's services.</summary>
    [Id(5)] public ImmutableArray<string> DeclaredServices { get; init; } = [];

    /// <summary>The deployable that the provider is a member of.</summary>
    [Id(6)] public DeployableId Deployable { get; init; }

    /// <summary>The incarnation of that deployable. A snapshot of an earlier incarnation is ignored.</summary>
    [Id(7)] public long Incarnation { get; init; }

    /// <summary>Whether the provider was registered before and is no longer registered. The provider's values are no longer used.</summary>
    [Id(8)] public bool IsGone { get; init; }

    /// <summary>Whether no such instance is registered in the deployable.</summary>
    public bool IsUnknown => Version == 0 || IsGone;

    /// <summary>Returns the snapshot of a provider that is not registered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="version">The snapshot version that the provider used last, in any deployable.</param>
    public static ProviderSnapshot Unknown(InstanceId provider, long version = 0) =>
        new() { Provider = provider, Version = version, IsGone = version > 0 };

    /// <summary>Returns the current snapshot of an instance.</summary>
    public static ProviderSnapshot From(InstanceDefinition definition, InstanceReported reported)
    {
        var config = definition.Config ?? throw new ArgumentException("the instance is not registered", nameof(definition));
        var values = reported.Values;
        if (reported.ProvidesAddress && values.All(value => value.Name != WellKnownParameters.Address)
            && reported.ValueOf(WellKnownParameters.Address) is { } address)
            values = values.Add(new NamedValue(WellKnownParameters.Address, address));

        return new()
        {
            Provider = config.Id,
            Version = reported.Version,
            Values = values,
            ServiceEnds = [.. reported.Services.Where(s => s.ExitStatus is not null).Select(s => new NamedValue(s.Name, s.ExitStatus!))],
            DeclaredParameters = config.ProvidedParameters,
            DeclaredServices = [.. config.Services.Select(service => service.Name)],
            Deployable = config.Deployable,
            Incarnation = definition.Incarnation,
        };
    }

    /// <summary>Returns the value that a reference of this kind and name refers to, or null.</summary>
    public byte[]? Find(ReferenceKind kind, string name)
    {
        foreach (var value in kind == ReferenceKind.ServiceEnd ? ServiceEnds : Values)
            if (value.Name == name) return value.Value;
        return null;
    }

    /// <summary>Returns whether the provider declares the parameter or service that a reference of this kind and name refers to.</summary>
    public bool Declares(ReferenceKind kind, string name) =>
        (kind == ReferenceKind.ServiceEnd ? DeclaredServices : DeclaredParameters).Contains(name);
}
