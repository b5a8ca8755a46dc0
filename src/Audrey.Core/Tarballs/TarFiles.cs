using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Audrey.Core.Tarballs;

/// <summary>A file in a tarball.</summary>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="Digest">SHA-256 in lower-case hexadecimal digits.</param>
public sealed record TarFile(long Bytes, string Digest)
{
    /// <summary>Returns the size and the digest of a content.</summary>
    internal static TarFile Of(ReadOnlySpan<byte> content) => new(content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
}

/// <summary>Reads the sizes and digests of the files in a tarball.</summary>
public static class TarFiles
{
    /// <summary>Returns the files of a tarball by their paths. Null if the tarball is unreadable.</summary>
    /// <param name="tarball">The tar file, compressed with gzip.</param>
    public static IReadOnlyDictionary<string, TarFile>? Read(byte[] tarball)
    {
        var files = new Dictionary<string, TarFile>(StringComparer.Ordinal);
        try
        {
            using var gzip = new GZipStream(new MemoryStream(tarball, writable: false), CompressionMode.Decompress);
            using var tar = new TarReader(gzip);
            while (tar.GetNextEntry() is { } entry)
            {
                if (!IsFile(entry.EntryType)) continue;
                var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                files[path] = new(entry.Length, Convert.ToHexStringLower(SHA256.HashData(entry.DataStream ?? Stream.Null)));
            }
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or FormatException or NotSupportedException)
        {
            return null;
        }

        return files;
    }

    private static bool IsFile(TarEntryType type) =>
        type is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
}
