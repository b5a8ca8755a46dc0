using Audrey.Cli.Connection;
using Audrey.Core.Findings;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Output;

// What commands print with --json. JsonTable lists these types, and docs/cli.md has the same table. Fields can be added, but not removed.

/// <summary>What <c>validate</c> prints.</summary>
internal sealed record ValidationOutput(
    bool Valid, string? Deployable, IEnumerable<FileFinding> Findings, IEnumerable<FileFinding> Notes);

/// <summary>What <c>launch</c> prints.</summary>
internal sealed record LaunchOutput(
    string DeployableId,
    string DeployableName,
    string Directory,
    IEnumerable<LaunchedOutput> Instances,
    IEnumerable<string> Warnings);

/// <summary>An instance in a <see cref="LaunchOutput"/>.</summary>
internal sealed record LaunchedOutput(string Label, string Uuid, string HostName);

/// <summary>What <c>wait</c> prints.</summary>
internal sealed record WaitResultOutput(string Deployable, string For, string Outcome, string Detail);

/// <summary>What <c>logs</c> prints for each run.</summary>
internal sealed record LoggedRunOutput(
    string Instance,
    string? Assembly,
    string Service,
    long? Run,
    DateTimeOffset Ended,
    string? ExitStatus,
    double? DurationSeconds,
    string? Output);

/// <summary>What <c>describe</c> prints.</summary>
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

/// <summary>What <c>list</c> prints.</summary>
internal sealed record DeployablesOutput(IEnumerable<string> Deployables);

/// <summary>What <c>scale</c> prints.</summary>
internal sealed record ScalingOutput(IEnumerable<AddedOutput> Added, IEnumerable<string> Removed);

/// <summary>An instance that a scaling has added, and the directory with its user data.</summary>
internal sealed record AddedOutput(string Uuid, int Ordinal, string Directory);

/// <summary>What <c>remove</c> prints.</summary>
internal sealed record RemovalOutput(IEnumerable<string> Removed);

/// <summary>What <c>replace</c> prints.</summary>
internal sealed record ReplacementOutput(string Replaced, string Assembly, string Directory);

/// <summary>What <c>rotate</c> prints.</summary>
internal sealed record RotationOutput(string Instance, string? Secret, string? File, DateTimeOffset? PreviousUntil);

/// <summary>What <c>handover</c> prints.</summary>
internal sealed record HandOverOutput(string Deployable, string Conductor);

/// <summary>What <c>delete</c> prints.</summary>
internal sealed record DeletionOutput(string Deleted);

/// <summary>What <c>conductor add</c> and <c>conductor rotate</c> print.</summary>
internal sealed record CredentialOutput(string Conductor, string? Secret, string? File);

/// <summary>What <c>conductor list</c> prints.</summary>
internal sealed record ConductorsOutput(IEnumerable<ConductorOutput> Conductors);

/// <summary>A conductor in a <see cref="ConductorsOutput"/>.</summary>
internal sealed record ConductorOutput(
    string Key, string Role, string ActsFor, DateTimeOffset Created, DateTimeOffset? Rotated, DateTimeOffset? PreviousUntil);

/// <summary>What <c>conductor revoke</c> prints.</summary>
internal sealed record RevocationOutput(string Revoked);

/// <summary>What <c>certificates</c> prints.</summary>
internal sealed record CertificatesOutput(IEnumerable<CertificateOutput> Certificates);

/// <summary>A certificate in a <see cref="CertificatesOutput"/>, with its files.</summary>
internal sealed record CertificateOutput(string Name, string Certificate, string Key, DateTimeOffset Until);
