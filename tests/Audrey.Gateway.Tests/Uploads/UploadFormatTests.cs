using System.Formats.Tar;
using Audrey.Core.Limits;
using Audrey.Gateway.Uploads;
using static Audrey.Gateway.Tests.Uploads.Archives;

namespace Audrey.Gateway.Tests.Uploads;

public sealed class UploadFormatTests
{
    private static readonly byte[] Small = Tar(3000, "#!/bin/sh\n", new string('x', 5000), "");

    /// <summary>Larger than a block of bzip2 and a chunk of LZMA2, with content of every kind.</summary>
    private static readonly byte[] Large = Tar(
        150_000, string.Concat(Enumerable.Range(0, 100_000)), new string('y', 1_200_000), string.Concat(Enumerable.Repeat("code", 50_000)));

    public static TheoryData<string> Commands =>
    [
        .. Enumerable.Range(1, 9).Select(level => $"bzip2 -{level}"),
        .. Enumerable.Range(0, 10).Select(level => $"xz -{level}"),
        "xz --check=none", "xz --check=crc32", "xz --check=crc64", "xz --check=sha256",
        "xz -9e", "xz -T1", "xz -T2 --block-size=65536", "xz -T1 --block-size=100000", "xz --block-list=1000,50000,4096,0",
        "xz --lzma2=preset=6,lc=0,lp=4,pb=0", "xz --lzma2=preset=6,lc=4,lp=0,pb=4", "xz --lzma2=preset=0,dict=4096",
        "xz --lzma2=preset=1,dict=64MiB",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task What_the_programs_of_Debian_compress_is_accepted_and_its_gzip_copy_has_the_same_content(string command)
    {
        foreach (var tar in new[] { Small, Large })
        {
            var upload = await Check(Compress(tar, command));
            Assert.Empty(upload.Problems);
            Assert.Equal(tar, Gunzip(upload.GzipCopy!));
        }
    }

    [Fact]
    public async Task A_plain_tar_file_is_accepted_with_a_gzip_copy_and_one_in_gzip_without()
    {
        Assert.Equal(Small, Gunzip((await Check(Small)).GzipCopy!));
        Assert.Empty((await Check(new byte[10240])).Problems);
        var gzip = await Check(Compress(Small, "gzip -9"));
        Assert.Empty(gzip.Problems);
        Assert.Null(gzip.GzipCopy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK\u0003\u0004 and so on")]
    [InlineData("not a tarball")]
    public async Task Another_format_is_refused_with_the_formats_that_are_allowed(string content) => Assert.Equal(
        "the file is neither a tar file nor one that is compressed with gzip, bzip2 or xz; make it with tar -czf",
        await ProblemOf(System.Text.Encoding.UTF8.GetBytes(content.PadRight(content.Length == 0 ? 0 : 600, 'x'))));

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2 -1")]
    [InlineData("xz")]
    [InlineData("xz -T2 --block-size=1000")]
    [InlineData("xz --check=none")]
    public async Task A_file_that_is_cut_off_anywhere_is_refused(string command)
    {
        var whole = Compress(Small, command);
        for (var length = 6; length < whole.Length; length += 7) Assert.NotEmpty((await Check(whole[..length])).Problems);
        for (var left = 1; left < 40; left++)
        {
            Assert.Contains(
                $"the {command.Split(' ')[0]} data is damaged or cut off", await ProblemOf(whole[..^left]), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bzip2")]
    [InlineData("xz")]
    public async Task Several_streams_and_data_after_the_end_are_refused(string program)
    {
        var whole = Compress(Small, program);
        foreach (var rest in new[] { whole, [0, 0, 0, 0], "x"u8.ToArray() })
        {
            Assert.Equal(
                $"the {program} data ends at byte {whole.Length}, but the file does not; only one {program} stream is allowed, with "
                + $"nothing after it: compress the whole tar file with one call of {program}",
                await ProblemOf([.. whole, .. rest]));
        }
    }

    [Theory]
    [InlineData("xz --x86 --lzma2", "BCJ (x86)")]
    [InlineData("xz --arm64 --lzma2", "BCJ (ARM64)")]
    [InlineData("xz --delta=dist=4 --lzma2", "Delta")]
    public async Task A_filter_other_than_LZMA2_is_refused_by_name(string command, string filter) => Assert.Equal(
        $"the xz block at byte 12 uses the filter {filter}; only LZMA2 is allowed: compress without other filters",
        await ProblemOf(Compress(Small, command)));

    [Fact]
    public async Task An_unknown_filter_or_check_is_refused_by_its_number()
    {
        var whole = Compress(Small, "xz -T1");
        Assert.Contains("uses the filter 0x30;", await ProblemOf(WithBlockHeader(whole, 0, 0x30, 0)), StringComparison.Ordinal);
        byte[] flags = [0, 2];
        byte[] other = [.. whole[..6], .. flags, .. XzCheck.Crc32Of(flags), .. whole[12..]];
        Assert.Contains("uses the check 0x02; only none, crc32, crc64 and sha256", await ProblemOf(other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, 100663296L)]
    [InlineData(39, 3221225472L)]
    [InlineData(40, 4294967295L)]
    public async Task A_dictionary_over_that_of_the_highest_level_is_refused_before_it_is_allocated(byte code, long size)
    {
        var file = WithBlockHeader(Compress(Small, "xz -T1"), 0, 0x21, 1, code);
        Assert.Equal(
            $"the xz block at byte 12 needs a dictionary of {size} bytes; at most 67108864 are allowed, which xz -9 uses",
            await ProblemOf(file));
        Assert.InRange(MemoryFor(file), 1, 1 << 20);
    }

    [Fact]
    public void The_memory_depends_on_the_content_and_not_on_the_dictionary_that_a_small_file_claims() =>
        Assert.InRange(MemoryFor(Compress(Small, "xz -9")), 1, 1 << 20);

    [Theory]
    [InlineData("gzip -9")]
    [InlineData("bzip2 -9")]
    [InlineData("xz -9")]
    public async Task A_small_file_that_is_too_large_when_decompressed_is_refused(string command)
    {
        var bomb = Compress(Tar(0, [.. Enumerable.Repeat(new string('x', 4 << 20), 5)]), command);
        Assert.True(bomb.Length < 30_000);
        Assert.Equal(
            "the tarball is more than 16777216 bytes long when decompressed",
            await ProblemOf(bomb, new DocumentLimits { MaxUnpackedBytes = 16 << 20 }));
    }

    [Fact]
    public async Task A_tarball_and_its_gzip_copy_count_together()
    {
        var tar = Tar(20_000);
        var limits = new DocumentLimits { MaxTarballBytes = 35_000 };
        Assert.Contains("together longer than 35000 bytes: compress it with gzip", await ProblemOf(tar, limits), StringComparison.Ordinal);
        Assert.Contains("together longer than 35000 bytes", await ProblemOf(Compress(tar, "xz"), limits), StringComparison.Ordinal);
        Assert.Empty((await Check(Compress(tar, "gzip"), limits)).Problems);
        Assert.Empty((await Check(Compress(tar, "xz"), new DocumentLimits { MaxTarballBytes = 45_000 })).Problems);
    }

    [Fact]
    public async Task The_content_of_every_format_is_checked()
    {
        foreach (var command in new[] { "gzip", "bzip2", "xz" })
        {
            using var bytes = new MemoryStream();
            using (var tar = new TarWriter(bytes, leaveOpen: true))
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "web/x") { LinkName = "/etc" });
            Assert.Contains("is a symbolic link", await ProblemOf(Compress(bytes.ToArray(), command)), StringComparison.Ordinal);
        }
    }
}
