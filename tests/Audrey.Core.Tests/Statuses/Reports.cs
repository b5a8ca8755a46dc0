using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Core.Tests.Statuses;

/// <summary>Sample reports. A test sets only the properties that matter to it.</summary>
internal static class Reports
{
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ConductorKey Conductor = ConductorKey.Parse("conductor");
    private static readonly DeployableId Deployable = DeployableId.Parse("shop");

    /// <summary>Creates the report of an instance. The part of the id before the hyphen is the assembly.</summary>
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

    public static ServiceReport Waiting(string name, params UnresolvedParameter[] missing) =>
        new() { Name = name, Status = CompletionStatus.Incomplete, Unresolved = [.. missing] };

    public static UnresolvedParameter MissingParameter(
        string name, string provider, string provided, WaitReason reason = WaitReason.NotGivenYet, int minutes = 0) =>
        Missing(name, new(InstanceId.Parse(provider), ReferenceKind.ProvidedParameter, provided), reason, minutes);

    public static UnresolvedParameter MissingEnd(
        string name, string provider, string service, WaitReason reason = WaitReason.NotGivenYet, int minutes = 0) =>
        Missing(name, new(InstanceId.Parse(provider), ReferenceKind.ServiceEnd, service), reason, minutes);

    /// <summary>
    /// Creates the header of a deployable with two instances and a deadline one hour after its launch. The header describes the deployable
    /// the given number of minutes after the launch.
    /// </summary>
    public static DeployableHeader Header(int minutes = 0) => new()
    {
        Id = Deployable,
        Name = "Shop",
        Conductor = Conductor,
        Registered = Time,
        Pages = 1,
        Deleting = false,
        AsOf = Time.AddMinutes(minutes),
        Launch = new() { Instances = 2, Begun = Time, Sealed = Time.AddSeconds(1), Deadline = Time.AddMinutes(60) },
    };

    public static DeployableStatus StatusOf(params InstanceReport[] reports) => Header().ToStatus(reports);

    private static UnresolvedParameter Missing(string name, ParameterReference reference, WaitReason reason, int minutes) =>
        new() { Name = name, Reference = reference, Reason = reason, Since = Time.AddMinutes(minutes) };
}
