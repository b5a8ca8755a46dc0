using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>Creates and reads tarballs with one file.</summary>
internal static class Tarballs
{
    public static byte[] Create(string name, string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        return packed.ToArray();
    }

    /// <summary>Creates the upload of a tarball with one file, as conductors send it.</summary>
    public static MultipartFormDataContent Upload(string name, string text) =>
        new() { { new ByteArrayContent(Create(name, text)), "file", "files.tgz" } };

    /// <summary>Reads the text of a file in a tarball.</summary>
    public static string Read(byte[] tarball, string name)
    {
        using var gzip = new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.Name != name) continue;
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            return reader.ReadToEnd();
        }

        throw new InvalidDataException($"There is no {name} in the tarball.");
    }
}
