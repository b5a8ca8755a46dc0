using System.Text.Json.Nodes;
using Audrey.Cli.Connection;
using Audrey.Client;
using Audrey.Core.Findings;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Output;

// The output of commands with --json. The JsonTable of the tests lists these types, and docs/cli.md has the same table. Fields can be
// added, but not removed.

/// <summary>The output of <c>validate</c>.</summary>
internal sealed record ValidationOutput(
    bool Valid, string? Deployable, IEnumerable<FileFinding> Findings, IEnumerable<FileFinding> Notes);

/// <summary>The output of <c>launch</c>.</summary>
internal sealed record LaunchOutput(
    string DeployableId,
    string DeployableName,
    string Directory,
    IEnumerable<LaunchedOutput> Instances,
    IEnumerable<string> Warnings);

/// <summary>An instance in a <see cref="LaunchOutput"/>.</summary>
internal sealed record LaunchedOutput(string Label, string Uuid, string HostName);

/// <summary>The output of <c>wait</c>.</summary>
internal sealed record WaitResultOutput(string Deployable, string For, string Outcome, string Detail);

/// <summary>The output of <c>logs</c> for one run.</summary>
internal sealed record LoggedRunOutput(
    string Instance,
    string? Label,
    string? Assembly,
    string Service,
    long? Run,
    DateTimeOffset Ended,
    string? ExitStatus,
    double? DurationSeconds,
    string? Output);

/// <summary>The output of <c>describe</c>.</summary>
internal sealed record DescriptionOutput(
    string Deployable,
    InstanceOutput Instance,
    IEnumerable<WaitOutput> Waits,
    IEnumerable<string> Given,
    IReadOnlyDictionary<string, string> Facts,
    string? AppliedRevision,
    DateTimeOffset? Applied,
    IEnumerable<string>? Forgiven,
    IEnumerable<LastRunOutput> Runs)
{
    public static DescriptionOutput From(InstanceStatus instance) => new(
        instance.Deployable.Value,
        InstanceOutput.From(instance),
        instance.Waits.Select(WaitOutput.From),
        instance.Given,
        instance.Facts,
        instance.AppliedRevision,
        instance.Applied,
        instance.Forgiven,
        instance.Services.Select(LastRunOutput.From));
}

/// <summary>The latest run of a service in a <see cref="DescriptionOutput"/>.</summary>
internal sealed record LastRunOutput(
    string Service, long? Run, string? Message, double? DurationSeconds, string? Output, string? Problem)
{
    public static LastRunOutput From(ServiceStatus service)
    {
        var run = service.RunOf(service.Run);
        return new(service.Name, service.Run, service.Message, run?.Duration?.TotalSeconds, run?.Output, service.Problem);
    }
}

/// <summary>The output of <c>list</c>.</summary>
internal sealed record DeployablesOutput(IEnumerable<string> Deployables);

/// <summary>The output of <c>scale</c>.</summary>
internal sealed record ScalingOutput(
    IEnumerable<AddedOutput> Added, IEnumerable<string> Removed, IEnumerable<string> RemovedLabels);

/// <summary>An instance that a scaling has added, and the directory with its user data.</summary>
internal sealed record AddedOutput(string Uuid, string Label, int Ordinal, string Directory);

/// <summary>The output of <c>remove</c>.</summary>
internal sealed record RemovalOutput(IEnumerable<string> Removed);

/// <summary>The output of <c>replace</c>.</summary>
internal sealed record ReplacementOutput(string Replaced, string Label, string Assembly, string Directory);

/// <summary>The output of <c>rotate</c>.</summary>
internal sealed record RotationOutput(string Instance, string? Secret, string? File, DateTimeOffset? PreviousUntil);

/// <summary>The output of <c>retry</c>.</summary>
internal sealed record RetryOutput(
    string Instance, IEnumerable<RetriedOutput> Services, bool Listening, DateTimeOffset? LastContact)
{
    public static RetryOutput From(ServiceRetryResult retried) => new(
        retried.Id.Value,
        retried.Runs.Select(run => new RetriedOutput(run.Key, run.Value, retried.Waits.GetValueOrDefault(run.Key))),
        retried.IsListening,
        retried.LastContact);
}

/// <summary>A service in a <see cref="RetryOutput"/>.</summary>
internal sealed record RetriedOutput(string Service, long Run, IReadOnlyList<string>? WaitsFor);

/// <summary>The output of <c>handover</c>.</summary>
internal sealed record HandOverOutput(string Deployable, string Conductor);

/// <summary>A line of the output of <c>bus agents</c>.</summary>
internal sealed record BusAgentOutput(
    string Name, string? User, bool Silent, double HeartbeatSeconds, ulong Epoch, JsonObject Attributes);

/// <summary>A line of the output of <c>bus get</c> and <c>bus watch</c>: an object, an event, or a heartbeat.</summary>
internal sealed record BusObjectOutput(
    string Agent, string? Class, string? Object, int? Severity, DateTimeOffset? Time, JsonObject? Values, bool Heartbeat);

/// <summary>The output of <c>delete</c>.</summary>
internal sealed record DeletionOutput(string Deleted);

/// <summary>The output of <c>conductor add</c> and <c>conductor rotate</c>.</summary>
internal sealed record CredentialOutput(string Conductor, string? Secret, string? File);

/// <summary>The output of <c>conductor list</c>.</summary>
internal sealed record ConductorsOutput(IEnumerable<ConductorOutput> Conductors);

/// <summary>A conductor in a <see cref="ConductorsOutput"/>.</summary>
internal sealed record ConductorOutput(
    string Key, string Role, string ActsFor, DateTimeOffset Created, DateTimeOffset? Rotated, DateTimeOffset? PreviousUntil);

/// <summary>The output of <c>conductor revoke</c>.</summary>
internal sealed record RevocationOutput(string Revoked);

/// <summary>The output of <c>certificates</c>.</summary>
internal sealed record CertificatesOutput(IEnumerable<CertificateOutput> Certificates);

/// <summary>A certificate in a <see cref="CertificatesOutput"/>, with its files.</summary>
internal sealed record CertificateOutput(string Name, string Certificate, string Key, DateTimeOffset Until);
