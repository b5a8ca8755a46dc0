using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Conductors;

/// <summary>The sender of a command, and the mark that identifies the command.</summary>
/// <param name="Conductor">The conductor, whose credential has been verified.</param>
/// <param name="Mark">Identifies the signed request. Null if a repetition of the request cannot be recognised.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorCommand")]
public sealed record ConductorCommand([property: Id(0)] ConductorKey Conductor, [property: Id(1)] RequestMark? Mark)
{
    /// <summary>
    /// Creates a command with a mark of its own. If it is sent again because its outcome is unknown, it is still carried out only once.
    /// </summary>
    public static ConductorCommand New(ConductorKey conductor, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var nonce = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return new(conductor, new RequestMark(time.GetUtcNow().ToUnixTimeSeconds(), nonce, 0));
    }
}

/// <summary>How a conductor's command ended.</summary>
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

    /// <summary>A file could not be fetched or does not fit; nothing was registered.</summary>
    SourcesRefused,

    /// <summary>The nonce was used for another request, or the request is too old for its nonce to be checked.</summary>
    NonceRefused,

    /// <summary>The deployable exists and was not created by this launch. Nothing was changed.</summary>
    LaunchDiffers,

    /// <summary>The launch has ended: the deployable was deleted in the meantime, or the launch is already complete.</summary>
    LaunchEnded,

    /// <summary>The deployable is still being launched. That launch must be finished first.</summary>
    LaunchUnfinished,

    /// <summary>The group cannot have that number of instances.</summary>
    CountRefused,
}

/// <summary>The answer to a conductor's command.</summary>
/// <param name="Outcome">How the command ended.</param>
/// <param name="Problems">One sentence for each reason. Empty if the command was carried out.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorAnswer")]
public sealed record ConductorAnswer([property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] ImmutableArray<string> Problems)
{
    /// <summary>The answer to a command that was carried out.</summary>
    public static ConductorAnswer Done { get; } = new(ConductorOutcome.Done, []);

    /// <summary>Creates a refusal with its reasons.</summary>
    public static ConductorAnswer Refuse(ConductorOutcome outcome, params ImmutableArray<string> problems) => new(outcome, problems);
}
