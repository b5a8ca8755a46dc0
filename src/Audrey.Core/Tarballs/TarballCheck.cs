using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// Checks uploaded tarballs: gzip-compressed tar files of regular files and folders, within bounds, that a guest can unpack into a
/// folder without anything ending up outside of it.
/// </summary>
public static class TarballCheck
{
    private static ReadOnlySpan<byte> GzipMark => [0x1f, 0x8b];

    /// <summary>Everything that is wrong with the tarball, a sentence each; empty when it may be handed to guests.</summary>
    /// <param name="tarball">The uploaded file.</param>
    /// <param name="limits">Bounds of the file, its content and its names.</param>
    /// <remarks>The content is decompressed as a stream: memory is bounded by the number of entries, not by their length.</remarks>
    public static ImmutableArray<string> Problems(ReadOnlyMemory<byte> tarball, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (tarball.Length > limits.MaxTarballBytes)
            return [$"the tarball is {tarball.Length} bytes long; at most {limits.MaxTarballBytes} are allowed"];
        if (!tarball.Span.StartsWith(GzipMark))
            return ["the tarball is not compressed with gzip; make it with tar -czf"];

        using var packed = StreamOf(tarball);
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        var scan = new TarScan(gzip, limits);
        try
        {
            scan.Run();
        }
        catch (InvalidDataException)
        {
            scan.Stop("the gzip data is damaged or cut off; upload it again");
        }

        return scan.Problems;
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> tarball) =>
        MemoryMarshal.TryGetArray(tarball, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new MemoryStream(tarball.ToArray(), writable: false);
}
