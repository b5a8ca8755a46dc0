using static Audrey.Gateway.Tests.Uploads.Archives;

namespace Audrey.Gateway.Tests.Uploads;

/// <summary>No upload causes an exception, ends the process, or needs more time or memory than its size allows.</summary>
public sealed class HostileUploadTests
{
    /// <summary>The length of the test. <c>AUDREY_UPLOADS</c> sets another number of files for each format.</summary>
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("AUDREY_UPLOADS"), out var rounds) ? rounds : 1500;

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2 -1")]
    [InlineData("xz --check=none")]
    [InlineData("xz --check=sha256 -T2 --block-size=1000")]
    [InlineData("")]
    public async Task A_mutated_file_is_accepted_or_refused_with_a_reason(string command)
    {
        var random = new Random(20120618);
        var whole = Compress(Tar(600, "#!/bin/sh\necho audrey\n", new string('x', 2000)), command);
        for (var round = 0; round < Rounds; round++)
        {
            var file = whole.ToArray();
            for (var i = random.Next(4); i >= 0; i--) file[random.Next(file.Length)] = (byte)random.Next(256);
            if (round % 5 == 0) file = file[..random.Next(file.Length)];
            if (round % 7 == 0) file = [.. file, .. file[random.Next(file.Length + 1)..]];
            var upload = await Check(file);
            Assert.Equal(upload.Problems.IsEmpty && command != "gzip", upload.GzipCopy is not null);
        }
    }

    /// <summary>The check values hide damage in the content from the decoder unless it is made there and the values are left out.</summary>
    [Fact]
    public async Task A_mutated_content_of_a_block_is_refused_or_decoded()
    {
        var random = new Random(20120619);
        var whole = Compress(Tar(600, "#!/bin/sh\necho audrey\n", new string('x', 2000)), "xz --check=none -T1");
        var start = 12 + ((whole[12] + 1) * 4);
        for (var round = 0; round < Rounds; round++)
        {
            var file = whole.ToArray();
            for (var i = random.Next(3); i >= 0; i--) file[random.Next(start, file.Length - 40)] = (byte)random.Next(256);
            await Check(file);
        }
    }

    [Fact]
    public async Task Blocks_without_content_do_not_overflow_the_stack() =>
        Assert.Contains(
            "the bzip2 data is damaged or cut off", await ProblemOf(EmptyBZip2Blocks(200_000)), StringComparison.Ordinal);

    [Fact]
    public async Task Many_tiny_chunks_are_refused_before_the_decoder_spends_time_on_them()
    {
        // Each chunk has one byte of content, and makes the decoder begin anew with the largest tables.
        byte[] chunk = [0xE0, 0, 0, 0, 5, 4, 0, 0, 0, 0, 0, 0];
        var file = XzOf([.. Enumerable.Repeat(chunk, 1 << 20).SelectMany(each => each), 0]);
        Assert.Contains("the xz data has more than 65536 chunks", await ProblemOf(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_over_the_limit_of_LZMA2_are_refused()
    {
        // lc is 8 and lp is 4. LZMA2 allows four bits for both together.
        byte[] chunk = [0xE0, 0, 0, 0, 5, 8 + (9 * 4), 0, 0, 0, 0, 0, 0];
        // The decoder is not reached: the byte with the properties is the last one that is read.
        Assert.Contains("near byte 30;", await ProblemOf(XzOf([.. chunk, 0])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_file_whose_gzip_copy_would_be_large_is_refused_before_the_copy_is_complete()
    {
        var content = new byte[1 << 20];
        new Random(20120620).NextBytes(content);
        var tar = Tar(0, [.. Enumerable.Repeat(Convert.ToBase64String(content), 24)]);
        var file = Compress(tar, "xz");

        Assert.True(file.Length < 2 << 20);
        Assert.Contains("compress it with gzip, so that no copy is needed", await ProblemOf(file), StringComparison.Ordinal);
    }
}
