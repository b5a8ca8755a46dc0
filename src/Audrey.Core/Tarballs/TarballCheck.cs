using System.Collections.Immutable;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// Checks uploaded tarballs. A valid tarball contains only regular files and folders within the limits. When a guest unpacks it into a
/// folder, no file is written outside that folder.
/// </summary>
public static class TarballCheck
{
    /// <summary>Returns whether a file begins as a tar file does: with a header, or with the zeros of the end mark.</summary>
    public static bool IsTar(ReadOnlySpan<byte> file)
    {
        if (file.Length < TarHeader.Length) return false;
        var block = file[..TarHeader.Length];
        return block.IndexOfAnyExcept((byte)0) < 0 || TarHeader.TryRead(block, out _, out _);
    }

    /// <summary>Returns the errors in the tar file, one sentence each. Empty if guests may receive the tarball.</summary>
    /// <param name="tar">
    /// The tar file, decompressed. An <see cref="InvalidDataException"/> of this stream becomes an error with its message. If there are no
    /// errors, the stream is read to its end.
    /// </param>
    /// <param name="limits">Limits for the content and its names.</param>
    /// <remarks>The memory needed depends on the number of entries, not on their size.</remarks>
    public static ImmutableArray<string> Problems(Stream tar, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(tar);
        ArgumentNullException.ThrowIfNull(limits);
        var scan = new TarScan(tar, limits);
        try
        {
            scan.Run();
        }
        catch (InvalidDataException damage)
        {
            scan.Stop(damage.Message);
        }

        return scan.Problems;
    }
}
