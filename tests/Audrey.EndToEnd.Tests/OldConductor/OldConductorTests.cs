using System.Diagnostics;
using System.Globalization;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.OldConductor;

/// <summary>
/// Tests both ways in which conductors from 2012 sign, with the original library ruby-oauth. Since September 2012 their software signs the
/// form. Older software signed a request without a body and then added the form, so the signature contains the hash of an empty body.
/// </summary>
public sealed class OldConductorTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("form, then signature", false, 200)]
    [InlineData("form, then signature", true, 200)]
    [InlineData("signature, then form", false, 401)]
    [InlineData("signature, then form", true, 200)]
    public async Task A_form_is_accepted_if_it_is_signed_or_if_the_conductor_may_send_unsigned_forms(
        string way, bool unsignedForms, int expected)
    {
        await using var server = await Start(unsignedForms);
        var document = Document("web", Services(Service("http", Value("quoted", "a+b %26 é"))), "deployable");
        Assert.Equal(expected, await Run(server, way, "POST", "/configs/2/web", System.Text.Encoding.UTF8.GetBytes(document)));
        var answer = await server.Client("web", SecretOf("web")).Get("/configs/2/web");
        Assert.Equal(
            expected == 200 ? (200, $"|service|http|parameters|quoted&{Base64("a+b %26 é")}|") : (404, ""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("upload, then signature", false, 200)]
    [InlineData("upload, then signature", true, 200)]
    [InlineData("signature, then upload", false, 401)]
    [InlineData("signature, then upload", true, 200)]
    public async Task A_tarball_is_accepted_if_it_is_signed_or_if_the_conductor_may_send_unsigned_forms(
        string way, bool unsignedForms, int expected)
    {
        await using var server = await Start(unsignedForms);
        Assert.Equal(200, (await server.Conductor.Post("/configs/2/web", Document("web", Services(Service("http")), "deployable"))).Status);
        var tarball = Tarballs.Create("http/start", "uploaded");
        Assert.Equal(expected, await Run(server, way, "PUT", "/files/2/web", tarball));
        var files = await server.Client("web", SecretOf("web")).Get("/files/2/web");
        Assert.Equal(expected == 200, tarball.AsSpan().SequenceEqual(files.Body));
    }

    private static Task<RunningServer> Start(bool unsignedForms) =>
        RunningServer.Start($"--Audrey:Conductors:0:UnsignedForms={unsignedForms}");

    private async Task<int> Run(RunningServer server, string way, string method, string path, byte[] content)
    {
        var file = Path.Combine(_directory.Path, "content");
        await File.WriteAllBytesAsync(file, content);
        var script = Path.Combine(AppContext.BaseDirectory, "OldConductor", "old_conductor.rb");
        var start = new ProcessStartInfo(
            "/usr/bin/ruby",
            [script, $"{server.Endpoint}", RunningServer.ConductorKey, RunningServer.ConductorSecret, way, method, path, file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"old_conductor.rb failed; is the Debian package ruby-oauth installed?\n{await errors}");
        return int.Parse((await output).Split('\n')[0], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
