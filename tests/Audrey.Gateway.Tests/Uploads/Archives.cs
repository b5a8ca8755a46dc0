using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Gateway.Uploads;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Uploads;

/// <summary>Creates tar files, and compresses them with the programs of Debian.</summary>
internal static class Archives
{
    /// <summary>Creates a tar file with one file per text, and one with random bytes, which no program can compress.</summary>
    public static byte[] Tar(int randomBytes = 0, params string[] texts)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true))
        {
            for (var i = 0; i < texts.Length; i++) Add(tar, $"web/{i}", System.Text.Encoding.UTF8.GetBytes(texts[i]));
            var random = new byte[randomBytes];
            new Random(2012).NextBytes(random);
            if (randomBytes > 0) Add(tar, "web/random", random);
        }

        return bytes.ToArray();

        static void Add(TarWriter tar, string name, byte[] content) =>
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }

    /// <summary>Compresses with a program that reads its standard input, such as <c>xz -9</c>. An empty command changes nothing.</summary>
    public static byte[] Compress(byte[] content, string command)
    {
        if (command.Length == 0) return content;
        var words = command.Split(' ');
        using var process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], "-c"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        using (var input = process.StandardInput.BaseStream) input.Write(content);
        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    public static byte[] Gunzip(byte[] file)
    {
        using var content = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        gzip.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Checks a file as the route does.</summary>
    public static async Task<CheckedUpload> Check(byte[] file, DocumentLimits? limits = null)
    {
        using var uploads = new TarballUploads(Options.Create(limits ?? new DocumentLimits()));
        return await uploads.Check(file, default);
    }

    /// <summary>Returns the only error in a file.</summary>
    public static async Task<string> ProblemOf(byte[] file, DocumentLimits? limits = null)
    {
        var upload = await Check(file, limits);
        Assert.Null(upload.GzipCopy);
        return Assert.Single(upload.Problems);
    }

    /// <summary>Returns how many bytes of memory are allocated while a file is unpacked and checked.</summary>
    public static long MemoryFor(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var tar = UnpackedTar.Open(file)!;
        TarballCheck.Problems(tar, new DocumentLimits());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Replaces the header of the first block of an xz file by one with other fields, and a right CRC.</summary>
    /// <param name="file">The xz file.</param>
    /// <param name="fields">The fields from the flags on.</param>
    public static byte[] WithBlockHeader(byte[] file, params byte[] fields)
    {
        var length = (fields.Length + 1 + 3) / 4 * 4;
        var header = new byte[length];
        header[0] = (byte)(length / 4);
        fields.CopyTo(header, 1);
        return [.. file[..12], .. header, .. XzCheck.Crc32Of(header), .. file[(12 + ((file[12] + 1) * 4))..]];
    }

    /// <summary>Creates bzip2 data with blocks that have no content.</summary>
    public static byte[] EmptyBZip2Blocks(int count)
    {
        var bits = new List<bool>();
        foreach (var next in "BZh9"u8) Add(next, 8);
        for (var block = 0; block < count; block++)
        {
            Add(0x314159265359, 48);
            Add(0, 32); // the CRC of nothing
            Add(0, 1); // not randomised
            Add(0, 24); // the pointer into the block
            Add(0x8000, 16); // the symbols in use: one of the first sixteen
            Add(0x8000, 16);
            Add(2, 3); // two tables, and one selector for the first of them
            Add(1, 15);
            Add(0, 1);
            for (var table = 0; table < 2; table++)
            {
                Add(2, 5); // each of the three symbols has a code of two bits
                Add(0, 3);
            }

            Add(2, 2); // the end of the block
        }

        Add(0x177245385090, 48);
        Add(0, 32);
        var bytes = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
            if (bits[i]) bytes[i / 8] |= (byte)(0x80 >> (i % 8));
        return bytes;

        void Add(long value, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--) bits.Add(((value >> bit) & 1) == 1);
        }
    }

    /// <summary>Creates an xz file whose only block has these LZMA2 chunks.</summary>
    public static byte[] XzOf(byte[] chunks)
    {
        byte[] flags = [0, 0];
        return
        [
            .. XzFile.Magic, .. flags, .. XzCheck.Crc32Of(flags),
            2, 0, 0x21, 1, 0, 0, 0, 0, .. XzCheck.Crc32Of([2, 0, 0x21, 1, 0, 0, 0, 0]),
            .. chunks,
        ];
    }
}
