using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Registration;

namespace Audrey.Core.Tests.Registration;

/// <summary>Creates sample objects. A test specifies only the properties that matter to it.</summary>
internal static class Some
{
    private static readonly DeployableId Deployable = DeployableId.Parse("shop");

    public static InstanceConfig Instance(string id, params ServiceConfig[] services) => new()
    {
        Id = InstanceId.Parse(id),
        Name = id.Split('-')[0],
        Secret = "secret of " + id,
        Deployable = Deployable,
        DeployableName = "Shop",
        Services = [.. services],
    };

    public static InstanceConfig Providing(this InstanceConfig instance, params string[] names) =>
        instance with { ProvidedParameters = [.. names] };

    public static ServiceConfig Service(string name, params ParameterConfig[] parameters) =>
        new() { Name = name, Parameters = [.. parameters] };

    public static ParameterConfig NeedsValue(string name, string provider, string provided) =>
        new() { Name = name, Reference = new(InstanceId.Parse(provider), ReferenceKind.ProvidedParameter, provided) };

    public static ParameterConfig NeedsEnd(string name, string provider, string service) =>
        new() { Name = name, Reference = new(InstanceId.Parse(provider), ReferenceKind.ServiceEnd, service) };

    public static IEnumerable<string> Messages(this ImmutableArray<RegistrationFinding> findings) =>
        findings.Select(finding => finding.Message);
}
