using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Audrey.Agent.Tests.Support;

/// <summary>Creates well-formed and malformed tarballs.</summary>
internal static class TestTarball
{
    public static byte[] Create(params (string Path, string Text)[] files) =>
        Create(files.Select(file => (TarEntry)File(file.Path, file.Text)));

    public static byte[] Create(IEnumerable<TarEntry> entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Gnu, leaveOpen: true))
            foreach (var entry in entries) writer.WriteEntry(entry);
        return Gzip(tar.ToArray());
    }

    public static GnuTarEntry File(string path, string text) => new(TarEntryType.RegularFile, path)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Mode = path.EndsWith("/start", StringComparison.Ordinal) ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100,
    };

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
