using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class FilesTests(ServerFixture server)
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public async Task The_tarball_has_a_folder_for_each_service_and_its_file_name_is_quoted()
    {
        var uuid = NewId("files");
        var service = """
            <service name="mysql"><executable><contents>run</contents></executable>
            <files><file><contents filename="my.cnf">[mysqld]</contents></file></files></service>
            """;
        var guest = await server.Register(uuid, Services(service, Service("other")), NewId("deployable"));
        var answer = await guest.Get(
            $"/files/1/{uuid}", request => request.Headers.TryAddWithoutValidation("Accept", "content-disposition"));
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/x-tar", answer.ContentType);
        Assert.Equal($"attachment; filename=\"{uuid}.tgz\"", answer.ContentHeaders.GetValues("Content-Disposition").Single());
        Assert.Equal(
            [
                (".", Executable), ("mysql/", Executable), ("mysql/start", Executable), ("mysql/my.cnf", Readable),
                ("other/", Executable), ("other/start", Executable),
            ],
            Entries(answer.Body).Select(entry => (entry.Name, entry.Mode)));
        Assert.Equal("run", Entries(answer.Body).Single(entry => entry.Name == "mysql/start").Text);
    }

    [Fact]
    public async Task HEAD_requests_conditional_requests_and_range_requests_work()
    {
        var uuid = NewId("files");
        var guest = await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        var whole = await guest.Get(path);
        var tag = whole.Headers.ETag!;

        var head = await guest.Head(path);
        Assert.Equal((200, 0, (long?)whole.Body.Length), (head.Status, head.Body.Length, head.ContentHeaders.ContentLength));
        Assert.Equal(tag, head.Headers.ETag);

        Assert.Equal(304, (await guest.Get(path, request => request.Headers.IfNoneMatch.Add(tag))).Status);
        Assert.Equal(412, (await guest.Get(path, request => request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"other\"")))).Status);

        var part = await guest.Get(path, request => request.Headers.Range = new RangeHeaderValue(10, 19));
        Assert.Equal(206, part.Status);
        Assert.Equal(whole.Body[10..20], part.Body);
    }

    [Fact]
    public async Task An_upload_replaces_the_tarball()
    {
        var uuid = NewId("files");
        var guest = await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        var before = await guest.Get(path);
        var tarball = Tarball(("s/start", "uploaded"));

        using var upload = Multipart("file", tarball);
        Assert.Equal((200, ""), Short(await server.Conductor.Upload(path, upload)));
        var after = await guest.Get(path);
        Assert.Equal(tarball, after.Body);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("bzip2 -9")]
    [InlineData("xz -9")]
    public async Task A_tarball_in_another_format_is_handed_out_as_it_came_and_in_gzip_to_those_who_read_only_gzip(string command)
    {
        var uuid = NewId("files");
        var guest = await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        var tar = Gunzip(Tarball(("s/start", "uploaded")));
        var file = command == "plain" ? tar : await Compress(tar, command);
        using var upload = Multipart("file", file);
        Assert.Equal((200, ""), Short(await server.Conductor.Upload(path, upload)));

        var original = await guest.Get(path, request => request.Headers.TryAddWithoutValidation("Accept", "content-disposition"));
        Assert.Equal(file, original.Body);
        Assert.Equal(file, (await guest.Get($"/files/1/{uuid}")).Body);
        var gzip = await guest.Get(path, request => request.Headers.Accept.ParseAdd("application/gzip, */*;q=0.1"));
        Assert.Equal(tar, Gunzip(gzip.Body));
        Assert.NotEqual(original.Headers.ETag, gzip.Headers.ETag);
        Assert.Equal("Accept", Assert.Single(original.Headers.Vary));

        var current = server.Server.Basic(uuid, SecretOf(uuid));
        Assert.Equal(gzip.Body, (await current.GetOwn("tarball")).Body);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(gzip.Body));
        Assert.Equal(new Audrey.Protocol.Version3.TarballInfo(digest, gzip.Body.Length), (await current.Hello()).Tarball);
    }

    [Fact]
    public async Task An_upload_without_the_field_for_the_file_changes_nothing()
    {
        var uuid = NewId("files");
        var guest = await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        var before = await guest.Get(path);
        using var other = Multipart("another", [1, 2, 3]);
        Assert.Equal((200, ""), Short(await server.Conductor.Upload(path, other)));
        Assert.Equal((200, ""), Short(await server.Conductor.PutForm(path, "a=b")));
        Assert.Equal(before.Body, (await guest.Get(path)).Body);
    }

    [Fact]
    public async Task An_invalid_or_unsafe_tarball_is_refused()
    {
        var uuid = NewId("files");
        await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        var path = $"/files/2/{uuid}";
        using var invalid = Multipart("file", "not a tarball"u8.ToArray());
        using var outside = Multipart("file", Tarball(("../outside", "x")));
        foreach (var upload in new[] { invalid, outside })
        {
            var answer = await server.Conductor.Upload(path, upload);
            Assert.Equal(400, answer.Status);
            Assert.NotEmpty(answer.Text);
            Assert.DoesNotContain("/tmp", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_too_large_or_truncated_upload_is_refused()
    {
        var uuid = NewId("files");
        await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        using var large = Multipart("file", new byte[30_000]);
        Assert.Equal(413, (await server.Conductor.Upload($"/files/2/{uuid}", large)).Status);
        using var larger = Multipart("file", new byte[300_000]);
        Assert.Equal(413, (await server.Conductor.Upload($"/files/2/{uuid}", larger)).Status);
        using var broken = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf"u8.ToArray());
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        Assert.Equal(400, (await server.Conductor.Upload($"/files/2/{uuid}", broken)).Status);
    }

    [Fact]
    public async Task Files_of_an_unknown_instance_or_of_an_instance_of_another_conductor_are_not_replaced()
    {
        var uuid = NewId("files");
        await server.Register(uuid, Services(Service("s")), NewId("deployable"));
        using var upload = Multipart("file", Tarball(("s/start", "x")));
        Assert.Equal((404, ""), Short(await server.Conductor.Upload($"/files/2/{NewId("unknown")}", upload)));
        using var another = Multipart("file", Tarball(("s/start", "x")));
        Assert.Equal(403, (await server.OtherConductor.Upload($"/files/2/{uuid}", another)).Status);
    }

    private static MultipartFormDataContent Multipart(string field, byte[] content) =>
        new() { { new ByteArrayContent(content), field, "files.tgz" } };

    internal static byte[] Tarball(params (string Name, string Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
            foreach (var (name, text) in files)
            {
                using var data = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data, Mode = Executable });
            }

        return packed.ToArray();
    }

    private static async Task<byte[]> Compress(byte[] content, string command)
    {
        var words = command.Split(' ');
        using var process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], "-c"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await using (var input = process.StandardInput.BaseStream) await input.WriteAsync(content);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    private static byte[] Gunzip(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }

    private static List<(string Name, UnixFileMode Mode, string Text)> Entries(byte[] tarball)
    {
        var entries = new List<(string, UnixFileMode, string)>();
        using var gzip = new GZipStream(new MemoryStream(tarball), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry(copyData: true) is { } entry)
            entries.Add((entry.Name, entry.Mode, entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : ""));
        return entries;
    }
}
