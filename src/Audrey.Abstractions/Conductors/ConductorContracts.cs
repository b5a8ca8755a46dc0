using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Conductors;

/// <summary>Who commands, and what tells a signed command from others.</summary>
/// <param name="Conductor">The conductor, its credential already verified.</param>
/// <param name="Mark">The signed request; null when nothing tells whether it comes a second time.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorCommand")]
public sealed record ConductorCommand([property: Id(0)] ConductorKey Conductor, [property: Id(1)] RequestMark? Mark)
{
    /// <summary>A command that no other is taken for: sent once more because its outcome is unknown, it is carried out once.</summary>
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
    /// <summary>Carried out, now or when the same command came first.</summary>
    Done,

    /// <summary>No such instance or deployable.</summary>
    NotFound,

    /// <summary>It belongs to another conductor.</summary>
    NotYours,

    /// <summary>The instance's id is used by another deployable.</summary>
    IdInUse,

    /// <summary>The deployable is being deleted: try again later.</summary>
    BeingDeleted,

    /// <summary>A file could not be fetched or does not fit; nothing was registered.</summary>
    SourcesRefused,

    /// <summary>A nonce that was used for another request, or too old to tell.</summary>
    NonceRefused,

    /// <summary>The deployable is there already, and not from this launch: nothing was changed.</summary>
    LaunchDiffers,

    /// <summary>The launch is over: the deployable was deleted meanwhile, or is launched already.</summary>
    LaunchEnded,

    /// <summary>The deployable is being launched: finish that first.</summary>
    LaunchUnfinished,

    /// <summary>A group cannot have so many instances.</summary>
    CountRefused,
}

/// <summary>The answer to a conductor's command.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problems">Each reason in a sentence; empty when done.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConductorAnswer")]
public sealed record ConductorAnswer([property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] ImmutableArray<string> Problems)
{
    /// <summary>Carried out.</summary>
    public static ConductorAnswer Done { get; } = new(ConductorOutcome.Done, []);

    /// <summary>An answer with its reasons.</summary>
    public static ConductorAnswer Refuse(ConductorOutcome outcome, params ImmutableArray<string> problems) => new(outcome, problems);
}
