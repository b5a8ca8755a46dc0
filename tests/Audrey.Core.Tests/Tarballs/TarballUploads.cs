using System.Formats.Tar;
using System.IO.Compression;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;

namespace Audrey.Core.Tests.Tarballs;

public sealed class TarballUploads
{
    private static readonly DocumentLimits Limits = new();

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void A_tarball_in_any_tar_format_is_accepted(TarEntryFormat format)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        using (var tar = new TarWriter(gzip, format))
        {
            tar.WriteEntry(Entry(TarEntryType.Directory, "./", null));
            tar.WriteEntry(Entry(TarEntryType.Directory, "./web/", null));
            tar.WriteEntry(
                Entry(
                    format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile,
                    "./web/start",
                    "#!/bin/sh"u8.ToArray()));
        }

        Assert.Empty(ProblemsOf(packed.ToArray()));

        TarEntry Entry(TarEntryType type, string name, byte[]? data)
        {
            TarEntry entry = format switch
            {
                TarEntryFormat.V7 => new V7TarEntry(type, name),
                TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                TarEntryFormat.Pax => new PaxTarEntry(type, name),
                _ => new GnuTarEntry(type, name),
            };
            if (data is not null) entry.DataStream = new MemoryStream(data);
            return entry;
        }
    }

    [Theory]
    [InlineData("/etc/passwd", "has an absolute path; paths begin with a service's name")]
    [InlineData("../x", "leads outside its folder with ..")]
    [InlineData("web/../../x", "leads outside its folder with ..")]
    [InlineData("./../x", "leads outside its folder with ..")]
    [InlineData("web//x", "has a path with a part that is empty")]
    [InlineData("web\\x", "has a path with a part that looks like a path")]
    [InlineData("web/a\nb", "has a path with a part that contains a control character at position 2")]
    [InlineData("", "has no name")]
    [InlineData("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "is more than 16 folders deep")]
    public void A_path_that_a_guest_should_not_unpack_is_refused(string path, string problem)
    {
        Assert.Contains(problem, Assert.Single(ProblemsOf(new TarFile().Entry(path).End())), StringComparison.Ordinal);
        if (path.Length == 0) return;
        Assert.Contains(problem, Assert.Single(ProblemsOf(new TarFile().LongName(path).Entry("fine").End())), StringComparison.Ordinal);
        Assert.Contains(problem, Assert.Single(ProblemsOf(new TarFile().Pax("path", path).Entry("fine").End())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('1', "a hard link")]
    [InlineData('2', "a symbolic link")]
    [InlineData('3', "a device")]
    [InlineData('4', "a device")]
    [InlineData('6', "a named pipe")]
    [InlineData('S', "a sparse file")]
    [InlineData('V', "an entry of an unknown kind")]
    public void An_entry_that_is_neither_a_file_nor_a_folder_is_refused(char type, string what) =>
        Assert.Equal(
            $"entry 2, web/x, is {what}; only regular files and folders are allowed",
            Assert.Single(ProblemsOf(new TarFile().Entry("web/", '5').Entry("web/x", type).End())));

    [Fact]
    public void Up_to_twenty_bad_entries_are_named()
    {
        var tar = new TarFile();
        for (var i = 0; i < 30; i++) tar.Entry($"/x{i}");
        var problems = ProblemsOf(tar.End());
        Assert.Equal(21, problems.Length);
        Assert.Equal("and possibly more", problems[^1]);
    }

    [Fact]
    public void A_file_that_occurs_twice_or_is_also_a_folder_is_refused()
    {
        Assert.Equal("entry 2, ./a, occurs twice", Assert.Single(ProblemsOf(new TarFile().Entry("a").Entry("./a").End())));
        Assert.Equal(
            "entry 2, a/b, is inside a file of the tarball", Assert.Single(ProblemsOf(new TarFile().Entry("a").Entry("a/b").End())));
        Assert.Equal("entry 2, a, is both a file and a folder", Assert.Single(ProblemsOf(new TarFile().Entry("a/b").Entry("a").End())));
        Assert.Equal(
            "entry 2, a/, is both a file and a folder", Assert.Single(ProblemsOf(new TarFile().Entry("a").Entry("a/", '5').End())));
        Assert.Empty(ProblemsOf(new TarFile().Entry("a/", '5').Entry("a/", '5').Entry("a/b").End()));
    }

    [Fact]
    public void An_entry_with_the_set_user_id_bit_is_refused() =>
        Assert.Contains(
            "set-user-id", Assert.Single(ProblemsOf(new TarFile().Entry("web/start", mode: "0004755").End())), StringComparison.Ordinal);

    [Fact]
    public void Headers_that_programs_interpret_differently_are_refused()
    {
        Assert.Contains(
            "second long name",
            Assert.Single(ProblemsOf(new TarFile().LongName("a").Pax("path", "b").Entry("c").End())),
            StringComparison.Ordinal);
        Assert.Contains("sets size", Assert.Single(ProblemsOf(new TarFile().Pax("size", "5").Entry("c").End())), StringComparison.Ordinal);
        Assert.Contains(
            "sets GNU.sparse.name",
            Assert.Single(ProblemsOf(new TarFile().Pax("GNU.sparse.name", "x").Entry("c").End())),
            StringComparison.Ordinal);
        Assert.Contains(
            "for all entries", Assert.Single(ProblemsOf(new TarFile().Pax("path", "x", 'g').Entry("c").End())), StringComparison.Ordinal);
        Assert.Empty(ProblemsOf(new TarFile().Pax("comment", "x", 'g').Pax("mtime", "1.5").Entry("c").End()));
    }

    [Fact]
    public void A_claimed_length_without_data_costs_no_memory()
    {
        Assert.Contains(
            "extended header of", Assert.Single(ProblemsOf(new TarFile().Entry("x", 'x', size: 1L << 32).End())), StringComparison.Ordinal);
        Assert.Contains(
            "extended header of", Assert.Single(ProblemsOf(new TarFile().Entry("x", 'L', size: 1 << 30).End())), StringComparison.Ordinal);
        Assert.Contains(
            "at most 8388608 are allowed", ProblemsOf(new TarFile().Entry("x", size: 1L << 32).End())[0], StringComparison.Ordinal);
        Assert.Equal("the tar file is cut off in entry 1", Assert.Single(ProblemsOf(new TarFile().Entry("x", size: 100_000).End())));
    }

    [Fact]
    public void A_small_tarball_that_is_too_large_when_decompressed_is_refused()
    {
        var bomb = new TarFile();
        for (var i = 0; i < 20; i++) bomb.Entry($"f{i}", data: new byte[4 << 20]);
        var packed = bomb.End();
        Assert.True(packed.Length < 200_000);
        Assert.Equal("the tarball is more than 67108864 bytes long when decompressed", Assert.Single(ProblemsOf(packed)));
    }

    [Fact]
    public void Data_after_the_end_mark_counts_toward_the_limit()
    {
        var tar = new TarFile().Entry("a");
        for (var i = 0; i < 3; i++) tar.Entry("", '\0', new byte[1024]);
        Assert.Equal(
            "the tarball is more than 2048 bytes long when decompressed",
            ProblemsOf(tar.End(), Limits with { MaxUnpackedBytes = 2048 })[^1]);
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        var tar = new TarFile();
        for (var i = 0; i < 11; i++) tar.Entry($"f{i}");
        Assert.Equal("the tarball has more than 10 entries", Assert.Single(ProblemsOf(tar.End(), Limits with { MaxTarballEntries = 10 })));
    }

    [Fact]
    public void A_file_that_is_not_tar_or_is_truncated_is_refused()
    {
        Assert.NotEmpty(ProblemsOf([0x1f, 0x8b]));
        Assert.Equal("the tar file is cut off: it has no end mark", Assert.Single(ProblemsOf(new TarFile().Entry("a").Compressed())));
        Assert.NotEmpty(ProblemsOf(new TarFile().Entry("a", data: new byte[5000]).End()[..^20]));

        var text = new MemoryStream();
        using (var gzip = new GZipStream(text, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(new byte[600].Select(_ => (byte)'x').ToArray());
        Assert.Equal("entry 1 is not a tar header: its checksum is wrong", Assert.Single(ProblemsOf(text.ToArray())));
    }

    [Fact]
    public void Checking_a_mutated_tarball_does_not_throw()
    {
        var random = new Random(20120618);
        var seed = new TarFile().Entry("web/", '5')
            .LongName(new string('n', 150)).Entry("n", data: new byte[700]).Pax("path", "web/é").Entry("web/e");
        var whole = Unpack(seed.End());
        for (var round = 0; round < 3000; round++)
        {
            var tar = whole.ToArray();
            for (var i = random.Next(6); i >= 0; i--) tar[random.Next(tar.Length)] = (byte)random.Next(256);
            var packed = Pack(tar.AsSpan(0, random.Next(tar.Length + 1)));
            if (round % 3 == 0 && packed.Length > 0) packed[random.Next(packed.Length)] ^= (byte)random.Next(256);
            ProblemsOf(packed);
        }
    }

    private static byte[] Unpack(byte[] packed)
    {
        var tar = new MemoryStream();
        new GZipStream(new MemoryStream(packed), CompressionMode.Decompress).CopyTo(tar);
        return tar.ToArray();
    }

    private static byte[] Pack(ReadOnlySpan<byte> tar)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar);
        return packed.ToArray();
    }

    private static string[] ProblemsOf(byte[] tarball, DocumentLimits? limits = null)
    {
        using var tar = new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress);
        return [.. TarballCheck.Problems(tar, limits ?? Limits)];
    }
}
