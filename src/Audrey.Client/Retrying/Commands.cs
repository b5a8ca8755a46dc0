using System.Buffers.Binary;
using System.Security.Cryptography;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Client.Retrying;

/// <summary>Makes commands that may be sent again: a command whose outcome is unknown, sent once more, is carried out once.</summary>
internal static class Commands
{
    /// <summary>A command that no other is taken for.</summary>
    public static ConductorCommand New(ConductorKey conductor, TimeProvider time) => new(
        conductor,
        new RequestMark(time.GetUtcNow().ToUnixTimeSeconds(), BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))), 0));
}
