using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Conductors;

/// <summary>The sender of a command, and the mark that identifies the command.</summary>
/// <param name="Conductor">The conductor, whose credential has been verified.</param>
/// <param name="Mark">Identifies the signed request. Null if a repetition of the request cannot be recognised.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorCommand")]
public sealed record ConductorCommand([property: Id(0)] ConductorKey Conductor, [property: Id(1)] RequestMark? Mark)
{
    /// <summary>The command as it is remembered after it was refused; see <see cref="RequestMark.AsRefused"/>.</summary>
    public ConductorCommand AsRefused => this with { Mark = Mark?.AsRefused };

    /// <summary>
    /// Creates a command with a new mark. If the outcome of the command is unknown, the same command can be sent again, and it is still
    /// carried out only once.
    /// </summary>
    public static ConductorCommand New(ConductorKey conductor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var nonce = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return new(conductor, new RequestMark(time.GetUtcNow().ToUnixTimeSeconds(), nonce, 0));
    }
}

/// <summary>The outcome of a conductor's command.</summary>
public enum ConductorOutcome
{
    /// <summary>The command was carried out, now or when it was first received.</summary>
    Done,

    /// <summary>There is no such instance or deployable.</summary>
    NotFound,

    /// <summary>The instance or deployable belongs to another conductor.</summary>
    NotYours,

    /// <summary>The instance's id is used by another deployable.</summary>
    IdInUse,

    /// <summary>The deployable is being deleted. The command can be sent again later.</summary>
    BeingDeleted,

    /// <summary>A file could not be fetched, or it exceeds a limit. Nothing was registered.</summary>
    SourcesRefused,

    /// <summary>The nonce was used for another request, or the request is too old for its nonce to be checked.</summary>
    NonceRefused,

    /// <summary>The deployable exists and was not created by this launch. Nothing was changed.</summary>
    LaunchDiffers,

    /// <summary>The launch has ended: the deployable was deleted in the meantime, or the launch is already complete.</summary>
    LaunchEnded,

    /// <summary>The deployable is still being launched. The launch must be finished first.</summary>
    LaunchUnfinished,

    /// <summary>The group cannot have that number of instances.</summary>
    CountRefused,

    /// <summary>Not all instances of the launch are registered. The launch can be sealed once all are registered.</summary>
    InstancesMissing,

    /// <summary>Another scaling is unfinished. The command can be sent again later.</summary>
    ScalingUnfinished,

    /// <summary>The command would exceed a quota of the conductor. Nothing was changed.</summary>
    QuotaExceeded,

    /// <summary>The deployable is being handed to another conductor. The command can be sent again later.</summary>
    HandOverUnfinished,

    /// <summary>No service has failed that could run again, or the guest cannot be told.</summary>
    NotFailed,
}

/// <summary>The answer to a conductor's command.</summary>
/// <param name="Outcome">The outcome of the command.</param>
/// <param name="Problems">
/// One sentence for each reason for a refusal. Empty if the command was carried out, unless it is a registration that was forgiven
/// something: then a line for each of these things.
/// </param>
/// <param name="Quota">The quota that would be exceeded. Null for another outcome.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorAnswer")]
public sealed record ConductorAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<string> Problems,
    [property: Id(2)] QuotaExcess? Quota = null)
{
    /// <summary>The answer to a command that was carried out.</summary>
    public static ConductorAnswer Done { get; } = new(ConductorOutcome.Done, []);

    /// <summary>Creates a refusal with its reasons.</summary>
    public static ConductorAnswer Refuse(ConductorOutcome outcome, params ImmutableArray<string> problems) => new(outcome, problems);

    /// <summary>Creates the refusal of a command that would exceed a quota.</summary>
    public static ConductorAnswer Refuse(QuotaExcess excess)
    {
        ArgumentNullException.ThrowIfNull(excess);
        return new(ConductorOutcome.QuotaExceeded, [excess.Describe()], excess);
    }
}
