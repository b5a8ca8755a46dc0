using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Program;

/// <summary>Servers and metadata services with faults, seen by the program as a process.</summary>
[Trait("Runs", "program")]
public sealed class ServerTests : IDisposable
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly GuestProgram _guest = new();

    public void Dispose() => _guest.Dispose();

    /// <summary>A preloaded library changes the wall clock of the process, and not its monotonic clock.</summary>
    [Fact]
    public async Task A_wall_clock_that_is_set_back_does_not_delay_the_next_request()
    {
        using var requests = new SemaphoreSlim(0);
        await using var server = new FakeConfigServer
        {
            Instead = (_, _) =>
            {
                requests.Release();
                return FakeReply.Create(500, "");
            },
        };
        _guest.UseServer(server.Endpoint);
        _guest.Write("clock", "+0\n");
        using var run = _guest.Start(before:
            $"LD_PRELOAD={FakeTime} FAKETIME_TIMESTAMP_FILE={_guest.File("clock")} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1");
        try
        {
            Assert.True(await requests.WaitAsync(Deadline), "The program sends no request.");
            _guest.Write("clock", "-8h\n");
            for (var i = 0; i < 3; i++) Assert.True(await requests.WaitAsync(Deadline), "The program sends no further request.");

            Assert.InRange(TimeProvider.System.GetUtcNow() - _guest.Status.Written, TimeSpan.FromHours(7), TimeSpan.FromHours(9));
        }
        finally
        {
            run.Kill();
            await run.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData(404, "<h1>Not Found</h1>", "/version", "this is not a config server; check the host, the port and the path")]
    [InlineData(404, "<h1>Not Found</h1>", "/params", "the answer is from another server; check the endpoint")]
    [InlineData(404, "", "/params", "this instance is not registered (yet)")]
    public async Task The_reason_why_a_server_cannot_be_used_is_in_the_status(int status, string body, string path, string reason)
    {
        await using var server = new FakeConfigServer
        {
            Instead = (request, _) => request.Path.StartsWith(path, StringComparison.Ordinal) ? FakeReply.Create(status, body) : null,
        };
        _guest.UseServer(server.Endpoint);

        var (code, log) = await _guest.RunAsync("--once");

        Assert.Equal(AgentExitCode.Incomplete, code);
        Assert.Contains(reason, log, StringComparison.Ordinal);
        Assert.Contains(reason, _guest.StatusText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_told_apart_from_one_that_is_not_trusted()
    {
        using var another = SelfSigned("other.example.com");
        using var trusted = SelfSigned("127.0.0.1");
        _guest.Write("ca.pem", another.ExportCertificatePem());
        await using var wrongName = new FakeConfigServer(another);
        await using var unknown = new FakeConfigServer(trusted);

        _guest.UseServer(wrongName.Endpoint);
        Assert.Contains(
            "the server's certificate is for another name", (await _guest.RunAsync($"--once --ca-bundle {_guest.File("ca.pem")}")).Log,
            StringComparison.Ordinal);
        _guest.UseServer(unknown.Endpoint);
        Assert.Contains("the server's certificate is not trusted", (await _guest.RunAsync("--once")).Log, StringComparison.Ordinal);
        Assert.Empty(wrongName.Requests.Concat(unknown.Requests));
    }

    [Theory]
    [InlineData(403, "answered 403, so the metadata service refuses this machine")]
    [InlineData(500, "answered 500")]
    public async Task The_reason_why_there_is_no_user_data_is_in_the_status(int status, string reason)
    {
        await using var cloud = new FakeHttp(_ => FakeReply.Create(status, "no"));

        var (code, log) = await AgentProgram.RunAsync(
            $"{AgentProgram.Command} run --once --state {_guest.State} --source ec2 --metadata {cloud.Endpoint}");

        Assert.Equal(AgentExitCode.UserData, code);
        Assert.Contains(reason, log, StringComparison.Ordinal);
        Assert.Contains(reason, _guest.StatusText, StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
