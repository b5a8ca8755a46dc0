using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Registration;

namespace Audrey.Client.Tests.Support;

/// <summary>Creates sample objects. A test specifies only the properties that matter to it.</summary>
internal static class Some
{
    public const string Secret = "secret-of-conductor";

    public static readonly ConductorKey Conductor = ConductorKey.Parse("conductor");
    public static readonly DeployableId Deployable = DeployableId.Parse("shop");
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

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

    public static InstanceReport Report(string id, params ServiceReport[] services) => new()
    {
        Id = InstanceId.Parse(id),
        Name = id.Split('-')[0],
        Deployable = Deployable,
        Conductor = Conductor,
        Status = CompletionStatus.Incomplete,
        Registered = Time,
        Services = [.. services],
    };

    public static ServiceReport Waiting(string name, params UnresolvedParameter[] parameters) =>
        new() { Name = name, Status = CompletionStatus.Incomplete, Unresolved = [.. parameters] };

    public static UnresolvedParameter Missing(
        ParameterConfig parameter, WaitReason reason = WaitReason.NotGivenYet, int minutes = 0) =>
        new() { Name = parameter.Name, Reference = parameter.Reference!, Reason = reason, Since = Time.AddMinutes(minutes) };

    public static IEnumerable<string> Messages(this ImmutableArray<RegistrationFinding> notes) => notes.Select(note => note.Message);
}
