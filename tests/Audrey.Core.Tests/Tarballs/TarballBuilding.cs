using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Core.Tests.Documents;

namespace Audrey.Core.Tests.Tarballs;

public sealed class TarballBuilding
{
    private static readonly DateTimeOffset Modified = new(2012, 6, 18, 12, 30, 15, 750, TimeSpan.FromHours(2));
    private static readonly DocumentLimits Limits = new();
    private static readonly Dictionary<string, byte[]> NothingFetched = [];

    [Fact]
    public void Each_service_has_a_folder_with_its_executable_and_its_files()
    {
        var config = Configs.With(
            new ServiceConfig
            {
                Name = "my http",
                Executable = new SourceFile { Url = "https://h.example/any.sh" },
                Files = [new SourceFile { Url = "https://h.example/a/site%20one.conf?x=1" }, Configs.File("motd", "Grüße\n")],
            },
            Configs.Service("db"));
        var fetched = new Dictionary<string, byte[]>
        {
            ["https://h.example/any.sh"] = "#!/bin/sh\nexit 0\n"u8.ToArray(),
            ["https://h.example/a/site%20one.conf?x=1"] = [0, 1, 255],
        };

        Assert.Equal(
            [
                "Directory . 755",
                "Directory my http/ 755",
                "RegularFile my http/start 755 " + Convert.ToHexString("#!/bin/sh\nexit 0\n"u8),
                "RegularFile my http/site one.conf 644 0001FF",
                "RegularFile my http/motd 644 " + Convert.ToHexString(Encoding.UTF8.GetBytes("Grüße\n")),
                "Directory db/ 755",
                "RegularFile db/start 755 " + Convert.ToHexString("#!/bin/sh\n"u8),
            ],
            EntriesOf(Build(config, fetched)));
    }

    [Fact]
    public void The_tarball_of_an_instance_without_services_has_only_the_root_folder() =>
        Assert.Equal(["Directory . 755"], EntriesOf(Build(Configs.With())));

    [Fact]
    public void Services_in_the_2011_format_have_no_folder() =>
        Assert.Equal(["Directory . 755"], EntriesOf(Build(Configs.With(new ServiceConfig { Name = "sshd", Classes = ["ssh::server"] }))));

    [Fact]
    public void The_tar_program_lists_and_unpacks_it()
    {
        var folder = Directory.CreateTempSubdirectory("audrey-tar-");
        try
        {
            var long255 = new string('s', 255);
            var config = Configs.With(
                Configs.Service("web", Configs.File("ünï", "é"), Configs.File("empty", "")),
                Configs.Service(long255, Configs.File(new string('f', 255), "x")));
            var file = Path.Combine(folder.FullName, "t.tgz");
            File.WriteAllBytes(file, Build(config));

            Run("tar", "-xzf", file, "-C", folder.FullName);
            Assert.Equal("é", File.ReadAllText(Path.Combine(folder.FullName, "web", "ünï")));
            Assert.Equal("x", File.ReadAllText(Path.Combine(folder.FullName, long255, new string('f', 255))));
            Assert.Equal("", File.ReadAllText(Path.Combine(folder.FullName, "web", "empty")));
            var start = Path.Combine(folder.FullName, "web", "start");
            Assert.Equal("755\n", Run("stat", "-c", "%a", start));
            Assert.Equal(Modified.UtcDateTime.AddMilliseconds(-750), File.GetLastWriteTimeUtc(start));
            Assert.DoesNotContain("root", Run("tar", "-tvzf", file), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Equal_inputs_whose_times_have_the_same_second_give_equal_bytes()
    {
        var config = Configs.With(Configs.Service("web", Configs.File("a", "b")));
        Assert.Equal(
            Build(config), TarballBuilder.Build(config, NothingFetched, Modified.AddMilliseconds(-700).ToUniversalTime(), Limits).Bytes);
        Assert.NotEqual(Build(config), TarballBuilder.Build(config, NothingFetched, Modified.AddSeconds(1), Limits).Bytes);
    }

    [Fact]
    public void The_gzip_header_has_no_time() => Assert.Equal(new byte[4], Build(Configs.With())[4..8]);

    [Fact]
    public void A_built_tarball_passes_the_check_for_uploads()
    {
        var config = Configs.With(Configs.Service(new string('s', 255), Configs.File(new string('f', 255), "x"), Configs.File("é", "")));
        Assert.Empty(ProblemsOf(Build(config)));
        Assert.Empty(ProblemsOf(Build(Configs.With())));

        static IEnumerable<string> ProblemsOf(byte[] tarball)
        {
            using var tar = new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress);
            return TarballCheck.Problems(tar, Limits);
        }
    }

    [Fact]
    public void Two_files_with_the_same_name_are_refused()
    {
        var config = Configs.With(Configs.Service("web", Configs.File("a", ""), Configs.File("a", ""), Configs.File("start", "")));
        Assert.Equal(
            ["service web: a second file a; names must be unique", "service web: a second file start; names must be unique"],
            ProblemsOf(config, Limits));
    }

    [Fact]
    public void A_name_that_leads_outside_the_folder_is_refused()
    {
        Assert.Contains(
            "looks like a path", Assert.Single(ProblemsOf(Configs.With(Configs.Service("../etc")), Limits)), StringComparison.Ordinal);
        Assert.Contains(
            "looks like a path",
            Assert.Single(ProblemsOf(Configs.With(Configs.Service("web", Configs.File("..", ""))), Limits)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_URL_that_was_not_fetched_is_refused()
    {
        var config = Configs.With(Configs.Service("web", new SourceFile { Url = "https://h.example/a" }));
        Assert.Equal("service web: a has neither contents nor a fetched URL", Assert.Single(ProblemsOf(config, Limits)));
    }

    [Fact]
    public void Every_limit_is_enforced()
    {
        var config = Configs.With(
            Configs.Service("web", Configs.File("a", new string('a', 3000)), Configs.File("b", new string('b', 3000))));
        Assert.Equal(
            "service web: a is 3000 bytes long; at most 2000 are allowed", ProblemsOf(config, Limits with { MaxFileBytes = 2000 })[0]);
        Assert.Equal(
            "the tarball would have 5 entries; at most 4 are allowed",
            Assert.Single(ProblemsOf(config, Limits with { MaxTarballEntries = 4 })));
        Assert.Equal(
            "the files are 6010 bytes long together; at most 5000 are allowed",
            Assert.Single(ProblemsOf(config, Limits with { MaxUnpackedBytes = 5000 })));
        Assert.Contains(
            "; at most 100 are allowed",
            Assert.Single(ProblemsOf(config, Limits with { MaxTarballBytes = 100 })),
            StringComparison.Ordinal);
    }

    private static byte[] Build(InstanceConfig config, Dictionary<string, byte[]>? fetched = null)
    {
        var result = TarballBuilder.Build(config, fetched ?? NothingFetched, Modified, Limits);
        Assert.Empty(result.Problems);
        return result.Bytes!;
    }

    private static string[] ProblemsOf(InstanceConfig config, DocumentLimits limits)
    {
        var result = TarballBuilder.Build(config, NothingFetched, Modified, limits);
        Assert.False(result.IsBuilt);
        return [.. result.Problems];
    }

    private static List<string> EntriesOf(byte[] tarball)
    {
        var entries = new List<string>();
        using var tar = new TarReader(new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            Assert.Equal((0, 0, Modified.ToUnixTimeSeconds()), (entry.Uid, entry.Gid, entry.ModificationTime.ToUnixTimeSeconds()));
            var contents = new MemoryStream();
            entry.DataStream?.CopyTo(contents);
            var mode = Convert.ToString((int)entry.Mode, 8);
            entries.Add($"{entry.EntryType} {entry.Name} {mode} {Convert.ToHexString(contents.ToArray())}".TrimEnd());
        }

        return entries;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return output;
    }
}
