using System.Buffers;
using Audrey.Abstractions;
using Audrey.Abstractions.Operations;
using Audrey.Core.Ids;
using Audrey.Grains;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Serialization.Buffers;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The grains that callers can reach through the port for clients, in the encoding of Orleans' message headers. So a header can be compared
/// byte by byte, and need not be deserialized.
/// </summary>
internal sealed class ReachableGrains(IGrainFactory grains, GrainTypeResolver types)
{
    /// <summary>The name of the interface of <see cref="Manifest"/>, as it occurs in the type name of a request.</summary>
    public static ReadOnlySpan<byte> ManifestInterface => "IClusterManifestSystemTarget"u8;

    /// <summary>The name of the interface of the conductors' grain, as it occurs in the type name of a request.</summary>
    public static ReadOnlySpan<byte> OperationsInterface => "audrey.IConductorOperations"u8;

    /// <summary>
    /// Gets the type of the system target that tells every client of Orleans which grains there are. In a header, the target's key (a
    /// silo's address) follows. The target only reads.
    /// </summary>
    public byte[] Manifest { get; } = Encode(SystemTargetGrainId.CreateGrainType("manifest").Value);

    /// <summary>Gets the types of Audrey's grains, which a gateway without a silo calls.</summary>
    public IReadOnlyList<byte[]> OurTypes { get; } =
    [
        .. from type in typeof(AudreyGrainsExtensions).Assembly.GetTypes()
           where type is { IsAbstract: false, IsClass: true } && typeof(Grain).IsAssignableFrom(type)
           select Encode(types.GetGrainType(type).Value),
    ];

    /// <summary>Returns the only grain that a conductor with this credential can reach.</summary>
    public byte[] OperationsOf(string credential) =>
        Encode(grains.GetGrain<IConductorOperations>(GrainKeys.Of(ConductorKey.Parse(credential))).GetGrainId());

    /// <summary>Encodes a grain id as in a message header.</summary>
    public static byte[] Encode(GrainId id) => [.. Encode(id.Type.Value), .. Encode(id.Key)];

    private static byte[] Encode(IdSpan span)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = Writer.Create(buffer, session: null!);
        IdSpanCodec.WriteRaw(ref writer, span);
        writer.Commit();
        return buffer.WrittenSpan.ToArray();
    }
}
