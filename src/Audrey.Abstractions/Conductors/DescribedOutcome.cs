using Audrey.Core.Auditing;

namespace Audrey.Abstractions.Conductors;

/// <summary>How the outcome of a command appears outside the cluster.</summary>
/// <param name="Name">The name in the audit trail. The type of the problem in version 3 ends with it.</param>
/// <param name="Status">The HTTP status in version 3.</param>
public readonly record struct DescribedOutcome(string Name, int Status)
{
    private const int Ok = 200;
    private const int Bad = 400;
    private const int Forbidden = 403;
    private const int Missing = 404;
    private const int Conflict = 409;
    private const int Failed = 500;

    /// <summary>Describes the outcome of a conductor's command.</summary>
    public static DescribedOutcome Of(ConductorOutcome outcome) => outcome switch
    {
        ConductorOutcome.Done => new(AuditActions.Done, Ok),
        ConductorOutcome.NotFound => new("not-found", Missing),
        ConductorOutcome.NotYours => new("not-yours", Forbidden),
        ConductorOutcome.IdInUse => new("id-in-use", Conflict),
        ConductorOutcome.BeingDeleted or ConductorOutcome.LaunchEnded => new("being-deleted", Conflict),
        ConductorOutcome.LaunchDiffers => new("already-registered", Conflict),
        ConductorOutcome.LaunchUnfinished => new("being-registered", Conflict),
        ConductorOutcome.InstancesMissing => new("instances-missing", Conflict),
        ConductorOutcome.ScalingUnfinished => new("being-scaled", Conflict),
        ConductorOutcome.QuotaExceeded => new("quota-exceeded", Conflict),
        ConductorOutcome.HandOverUnfinished => new("being-handed-over", Conflict),
        ConductorOutcome.NotFailed => new("not-failed", Conflict),
        ConductorOutcome.NonceRefused => new("out-of-order", Conflict),
        ConductorOutcome.CountRefused or ConductorOutcome.SourcesRefused => new("bad-request", Bad),
        _ => Unknown,
    };

    /// <summary>Describes the outcome of a command on credentials.</summary>
    public static DescribedOutcome Of(CredentialOutcome outcome) => outcome switch
    {
        CredentialOutcome.Done => new(AuditActions.Done, Ok),
        CredentialOutcome.NotFound => new("not-found", Missing),
        CredentialOutcome.Exists => new("credential-exists", Conflict),
        CredentialOutcome.Full => new("too-many-credentials", Conflict),
        CredentialOutcome.KeyRefused => new("bad-request", Bad),
        _ => Unknown,
    };

    /// <summary>Gets the description of an outcome of a newer server.</summary>
    private static DescribedOutcome Unknown => new("failed", Failed);
}
