using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Audrey.Client;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>
/// Three servers under load change from no TLS to mutual TLS, and then from one CA to another. They are restarted one after another.
/// Meanwhile guests load the two servers that are not being restarted, as a load balancer would direct them, and a client calls
/// continuously through the client library.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class TlsChangeOverTests(ITestOutputHelper output) : IDisposable
{
    private const int Workers = 4;
    private readonly TempDirectory _directory = new();
    private readonly TestCertificates _old = new("Old CA");
    private readonly TestCertificates _new = new("New CA");

    public void Dispose()
    {
        _directory.Dispose();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task No_request_fails_while_three_servers_change_to_TLS_and_then_to_another_CA()
    {
        for (var server = 0; server < 3; server++) Install(_old, $"server{server}", _old.AuthorityPem);
        Install(_old, "client", _old.AuthorityPem, isClient: true);
        await using var cluster = await ThreeServers.Start();
        var load = new ClusterLoad(Workers, Random.Shared.Next());
        await load.Run(100, cluster[0], cluster[1], cluster[2]);

        await using (new Caller(Options(cluster, tls: false), output))
        {
            await RestartAll(cluster, load, TlsMode.Accept);
            await RestartAll(cluster, load, TlsMode.Prefer);
        }

        await using var caller = new Caller(Options(cluster, tls: true), output);
        await caller.WaitForCalls(1);
        await RestartAll(cluster, load, TlsMode.Require);
        await AssertPlainIsRefused(cluster);

        await ChangeCertificates(cluster, load);
        // A restart makes the servers open new connections to each other. These connections use the new certificates.
        await Restart(cluster, load, 0, TlsMode.Require);
        await load.Run(100, cluster[0], cluster[1], cluster[2]);
        await caller.WaitForCalls(3);

        await Task.WhenAll(load.Workers.Select((worker, i) => worker.Complete(cluster[i % 3])));
        for (var server = 0; server < 3; server++) await new Audit(cluster[server], load.Deployables).AssertComplete();
        output.WriteLine($"the slowest answer took {load.Slowest}; {load.Rejections} requests were rejected and sent again");
        Assert.Equal(0, load.Rejections);
    }

    /// <summary>Adds the new CA everywhere, then replaces one certificate after another, then removes the old CA everywhere.</summary>
    private async Task ChangeCertificates(ThreeServers cluster, ClusterLoad load)
    {
        string[] all = ["server0", "server1", "server2", "client"];
        foreach (var name in all) await File.WriteAllTextAsync(FileOf(name, "ca"), _old.AuthorityPem + _new.AuthorityPem);
        for (var server = 0; server < 3; server++)
        {
            var before = await ReadIssuer(cluster, server);
            Install(_new, $"server{server}", _old.AuthorityPem + _new.AuthorityPem);
            await load.RunUntil(WaitForIssuer(cluster, server, "CN=New CA"), cluster[0], cluster[1], cluster[2])
                .Within($"the new certificate of server {server}");
            Assert.Equal("CN=Old CA", before);
        }

        Install(_new, "client", _new.AuthorityPem, isClient: true);
        foreach (var name in all) await File.WriteAllTextAsync(FileOf(name, "ca"), _new.AuthorityPem);
    }

    private async Task RestartAll(ThreeServers cluster, ClusterLoad load, TlsMode mode)
    {
        for (var server = 0; server < 3; server++) await Restart(cluster, load, server, mode);
        await load.Run(50, cluster[0], cluster[1], cluster[2]);
    }

    private async Task Restart(ThreeServers cluster, ClusterLoad load, int server, TlsMode mode)
    {
        var others = Enumerable.Range(0, 3).Where(other => other != server).Select(other => cluster[other]).ToArray();
        var restarting = cluster.Restart(server, Settings(mode, $"server{server}"));
        await load.RunUntil(restarting, others).Within($"the answers to all requests while server {server} restarts with {mode}");
        Assert.Equal(0, await restarting);
    }

    private string[] Settings(TlsMode mode, string name) =>
    [
        $"--Audrey:Cluster:Tls:Mode={mode}",
        $"--Audrey:Cluster:Tls:Authorities={FileOf(name, "ca")}",
        $"--Audrey:Cluster:Tls:Certificate={FileOf(name, "crt")}",
        $"--Audrey:Cluster:Tls:Key={FileOf(name, "key")}",
    ];

    private AudreyClientOptions Options(ThreeServers cluster, bool tls) => new()
    {
        Conductor = ConductorKey.Parse(ServerProcess.ConductorKey),
        Secret = ServerProcess.ConductorSecret,
        Gateways = [.. Enumerable.Range(0, 3).Select(server => $"127.0.0.1:{cluster.Ports(server).Client}")],
        Tls = tls
            ? new() { Authorities = FileOf("client", "ca"), Certificate = FileOf("client", "crt"), Key = FileOf("client", "key") }
            : null,
    };

    /// <summary>
    /// Writes the key immediately before the certificate. A server sees a certificate and a key that do not match only for a moment.
    /// </summary>
    private void Install(TestCertificates from, string name, string authorities, bool isClient = false)
    {
        var files = isClient ? from.Client(name) : from.Silo(name);
        Replace(FileOf(name, "ca"), authorities);
        Replace(FileOf(name, "key"), File.ReadAllText(files.Key));
        Replace(FileOf(name, "crt"), File.ReadAllText(files.Certificate));

        static void Replace(string path, string text)
        {
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private string FileOf(string name, string extension) => _directory.File($"{name}.{extension}");

    private static Task WaitForIssuer(ThreeServers cluster, int server, string issuer) =>
        Deadlines.Until(async () => await ReadIssuer(cluster, server) == issuer, $"a certificate of {issuer}");

    private static async Task<string> ReadIssuer(ThreeServers cluster, int server)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, cluster.Ports(server).Client);
        await using var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = CertificateAuthority.DefaultSiloName,
            ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        return tls.RemoteCertificate!.Issuer;
    }

    private async Task AssertPlainIsRefused(ThreeServers cluster)
    {
        var options = Options(cluster, tls: false);
        options.Deadline = options.AttemptTimeout = TimeSpan.FromSeconds(3);
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => AudreyClient.ConnectAsync(options));
        Assert.Contains("This side does not use TLS", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Registers an instance and reads its status continuously. No call may fail.</summary>
    private sealed class Caller : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _calling;
        private readonly ITestOutputHelper _output;
        private int _calls;
        private TaskCompletionSource _reached = new();
        private int _target;

        public Caller(AudreyClientOptions options, ITestOutputHelper output)
        {
            _output = output;
            _calling = Task.Run(() => Call(options));
        }

        public Task WaitForCalls(int count)
        {
            (_target, _reached) = (_calls + count, new(TaskCreationOptions.RunContinuationsAsynchronously));
            return Task.WhenAny(_reached.Task, _calling).Unwrap().Within($"{count} more calls of the client library");
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _calling;
            _output.WriteLine($"{_calls} calls of the client library");
            _end.Dispose();
        }

        private async Task Call(AudreyClientOptions options)
        {
            await using var client = await AudreyClient.ConnectAsync(options);
            var config = new InstanceConfig
            {
                Id = InstanceId.Parse("called-instance"),
                Name = "called",
                Secret = "the secret of a guest",
                Deployable = DeployableId.Parse("called"),
                DeployableName = "called",
            };
            while (!_end.IsCancellationRequested)
            {
                await client.RegisterInstanceAsync(config);
                Assert.Equal(config.Id, (await client.GetInstanceStatusAsync(config.Id)).Id);
                if (++_calls >= _target) _reached.TrySetResult();
            }
        }
    }
}
