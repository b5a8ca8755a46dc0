using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// Checks uploaded tarballs. A valid tarball is a tar file, compressed with gzip, that contains only regular files and folders within the
/// limits. When a guest unpacks it into a folder, no file is written outside that folder.
/// </summary>
public static class TarballCheck
{
    private static ReadOnlySpan<byte> GzipMark => [0x1f, 0x8b];

    /// <summary>Returns the errors in the tarball, one sentence each. Empty if guests may receive the tarball.</summary>
    /// <param name="tarball">The uploaded file.</param>
    /// <param name="limits">Limits for the file, its content and its names.</param>
    /// <remarks>The content is decompressed as a stream. The memory needed depends on the number of entries, not on their size.</remarks>
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
