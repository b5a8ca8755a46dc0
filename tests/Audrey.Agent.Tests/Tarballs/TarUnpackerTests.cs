using System.Formats.Tar;
using Audrey.Agent.Tarballs;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Tarballs;

public sealed class TarUnpackerTests : IDisposable
{
    private readonly TempDirectory _outside = new();
    private readonly string _inside;

    public TarUnpackerTests() => _inside = Directory.CreateDirectory(_outside.File("inside")).FullName;

    public void Dispose() => _outside.Dispose();

    [Fact]
    public void Files_and_folders_are_unpacked_with_one_of_two_modes()
    {
        var start = TestTarball.File("s/start", "run");
        var secret = TestTarball.File("s/deep/er/file", "data");
        secret.Mode = UnixFileMode.None;
        new TarUnpacker(new TarballLimits()).Unpack(TestTarball.Create(
            [new GnuTarEntry(TarEntryType.Directory, "."), new GnuTarEntry(TarEntryType.Directory, "s/"), start, secret]), _inside);

        Assert.Equal("run", File.ReadAllText(Path.Combine(_inside, "s/start")));
        Assert.Equal("data", File.ReadAllText(Path.Combine(_inside, "s/deep/er/file")));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(_inside, "s/start")));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(Path.Combine(_inside, "s/deep/er/file")));
    }

    [Fact]
    public void A_digest_depends_on_the_names_modes_and_contents_of_its_own_folder()
    {
        var first = Digests(("a/start", "1"), ("a/x", "2"), ("b/start", "1"));
        Assert.Equal(first, Digests(("a/start", "1"), ("a/x", "2"), ("b/start", "1")));
        Assert.NotEqual(first["a"], Digests(("a/start", "1"), ("a/x", "3"))["a"]);
        Assert.NotEqual(first["a"], Digests(("a/start", "1"), ("a/y", "2"))["a"]);
        Assert.NotEqual(first["a"], Digests(("a/start", "12"), ("a/x", ""))["a"]);
        Assert.Equal(first["b"], Digests(("a/start", "9"), ("b/start", "1"))["b"]);
    }

    public static TheoryData<string, string> Hostile() => new()
    {
        { "../out", "leads out of its folder" },
        { "s/../../out", "leads out of its folder" },
        { "/etc/out", "is an absolute path" },
        { "s//start", "has an empty segment" },
        { "s/a\\b", "contains a control character or a backslash" },
        { "s/a\nb", "contains a control character or a backslash" },
        { string.Join('/', Enumerable.Repeat("d", 17)), "is more than 16 folders deep" },
        { "s/" + new string('x', 300), "has a segment of more than 255 bytes" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Paths_that_lead_outside_are_rejected(string path, string reason) =>
        AssertRejected(TestTarball.Create((path, "x")), reason);

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public void Entries_other_than_files_and_folders_are_rejected(TarEntryType type)
    {
        var entry = new GnuTarEntry(type, "s/link");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "../../out";
        AssertRejected(TestTarball.Create([entry]), "is neither a regular file nor a folder");
    }

    [Fact]
    public void A_file_neither_replaces_another_file_nor_becomes_a_folder()
    {
        AssertRejected(TestTarball.Create(("s/a", "1"), ("s/a", "2")), "occurs twice");
        AssertRejected(TestTarball.Create(("t/a", "1"), ("t/a/b", "2")), "is both a file and a folder");
    }

    [Fact]
    public void The_limits_of_tarballs_are_enforced()
    {
        var bomb = TestTarball.Create(("s/zeros", new string('\0', 100_000)));
        AssertRejected(bomb, "is larger than 50000 bytes", new TarballLimits { MaxFileBytes = 50_000 });
        AssertRejected(bomb, "larger than 60000 bytes when decompressed", new TarballLimits { MaxUnpackedBytes = 60_000 });
        AssertRejected(TestTarball.Create(Enumerable.Range(0, 11).Select(i => (TarEntry)TestTarball.File($"s/{i}", ""))),
            "more than 10 entries", new TarballLimits { MaxEntries = 10 });
    }

    [Fact]
    public void A_damaged_or_truncated_tarball_is_rejected()
    {
        var whole = TestTarball.Create(("s/start", new string('x', 5000)));
        AssertRejected([], "it is cut off");
        AssertRejected("no gzip"u8.ToArray(), "its gzip data is cut off or damaged");
        AssertRejected(whole[..(whole.Length / 2)], "cut off");
        AssertRejected(TestTarball.Gzip(new byte[100]), "it is cut off");
        AssertRejected(TestTarball.Gzip([.. Enumerable.Repeat((byte)7, 1024)]), "is not a tar header");
    }

    /// <summary>If only the last bytes are cut off, every entry is complete. Only the end of the gzip stream is missing.</summary>
    [Fact]
    public void A_tarball_without_the_end_of_its_gzip_stream_is_rejected_for_any_truncation()
    {
        var whole = TestTarball.Create(("s/start", "#!/bin/sh\n"), ("s/data", new string('x', 5000)));
        for (var length = 0; length < whole.Length; length++)
        {
            var target = Directory.CreateDirectory(Path.Combine(_inside, $"{length}")).FullName;
            Assert.Throws<TarballException>(() => new TarUnpacker(new TarballLimits()).Unpack(whole[..length], target));
        }
    }

    [Fact]
    public void Three_thousand_random_tarballs_write_nothing_outside()
    {
        var random = new Random(20120601);
        string[] parts = ["..", ".", "s", "start", "/", "a\\b", "\u0001", "x", "", "long" + new string('y', 120)];
        TarEntryType[] types =
            [TarEntryType.RegularFile, TarEntryType.Directory, TarEntryType.SymbolicLink, TarEntryType.HardLink, TarEntryType.Fifo];
        File.WriteAllText(_outside.File("witness"), "untouched");
        for (var i = 0; i < 3000; i++)
        {
            var entries = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Entry()).ToArray();
            var tarball = TestTarball.Create(entries);
            if (random.Next(4) == 0) tarball[random.Next(tarball.Length)] ^= (byte)(1 << random.Next(8));
            var target = Directory.CreateDirectory(Path.Combine(_inside, "t")).FullName;
            try
            {
                new TarUnpacker(new TarballLimits()).Unpack(tarball, target);
            }
            catch (TarballException)
            {
                // Most of the tarballs are rejected.
            }

            foreach (var path in Directory.EnumerateFileSystemEntries(target, "*", SearchOption.AllDirectories))
                Assert.Null(new FileInfo(path).LinkTarget);
            Directory.Delete(target, recursive: true);
            Assert.Equal(["inside", "witness"], Directory.EnumerateFileSystemEntries(_outside.Path).Select(Path.GetFileName).Order());
            Assert.Empty(Directory.EnumerateFileSystemEntries(_inside));
        }

        Assert.Equal("untouched", File.ReadAllText(_outside.File("witness")));

        TarEntry Entry()
        {
            var path = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => parts[random.Next(parts.Length)]));
            var entry = new GnuTarEntry(types[random.Next(types.Length)], path.Length == 0 ? "s" : path);
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = random.Next(2) == 0
                ? "../../witness" : "..";
            if (entry.EntryType == TarEntryType.RegularFile) entry.DataStream = new MemoryStream("overwritten"u8.ToArray());
            return entry;
        }
    }

    private IReadOnlyDictionary<string, string> Digests(params (string Path, string Text)[] files)
    {
        var target = Directory.CreateDirectory(Path.Combine(_inside, Guid.NewGuid().ToString())).FullName;
        return new TarUnpacker(new TarballLimits()).Unpack(TestTarball.Create(files), target);
    }

    private void AssertRejected(byte[] tarball, string reason, TarballLimits? limits = null)
    {
        var refusal = Assert.Throws<TarballException>(() => new TarUnpacker(limits ?? new TarballLimits()).Unpack(tarball, _inside));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(_outside.Path), _ => true);
    }
}
