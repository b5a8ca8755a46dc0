using System.Net;
using System.Net.Sockets;
using Audrey.Abstractions.Connections;
using Audrey.Client;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.ClientPort;
using Audrey.EndToEnd.Tests.Commands;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.OtherMachine;

/// <summary>A server on another machine, which other machines can reach, and its clients on this one.</summary>
[Collection(ProcessTests.Name)]
public sealed class OtherMachineTests : IAsyncLifetime
{
    private const int Port = 11111, ClientPort = 30000;

    private readonly TempDirectory _directory = new();
    private readonly TestCertificates _certificates = new();
    private readonly TestAuthority _authority = new();
    private MachineNetwork _network = null!;

    public async Task InitializeAsync() => _network = await MachineNetwork.Create();

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        Assert.DoesNotContain(_network.Name, await MachineNetwork.Ip("netns", "list"), StringComparison.Ordinal);
        Assert.DoesNotContain(_network.Here.ToString(), await MachineNetwork.Ip("address"), StringComparison.Ordinal);
        _authority.Dispose();
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_server_that_this_machine_can_reach_does_not_start_without_TLS()
    {
        var failure = await ServerProcess.FailBy(_network.Launcher, Reachable());
        Assert.Equal(1, failure.ExitCode);
        Assert.Contains($"Other machines can reach the silo's ports {Port} and {ClientPort} on {_network.There}", failure.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployable_is_launched_and_deleted_from_this_machine_with_a_profile_and_a_raw_client_reaches_nothing()
    {
        _authority.Issue(_directory.File("server"), _network.There.ToString());
        var files = _certificates.Silo();
        await using var server = await ServerProcess.StartWithConductorBy(
            _network.Launcher,
            [
                .. Reachable(),
                $"--Kestrel:Endpoints:Https:Url=https://{_network.There}:0",
                $"--Kestrel:Endpoints:Https:Certificate:Path={_directory.File("server.pem")}",
                $"--Kestrel:Endpoints:Https:Certificate:KeyPath={_directory.File("server.key")}",
                $"--Audrey:Cluster:Tls:Mode={TlsMode.Require}",
                $"--Audrey:Cluster:Tls:Authorities={files.Authorities}",
                $"--Audrey:Cluster:Tls:Certificate={files.Certificate}",
                $"--Audrey:Cluster:Tls:Key={files.Key}",
            ]);
        Assert.Equal(_network.There.ToString(), server.Endpoint.Host);
        var command = new CommandProcess(Directory.CreateDirectory(_directory.File("home")).FullName);
        File.WriteAllText(_directory.File("shop.yaml"), Document);
        await Run(
            ServerProcess.ConductorSecret,
            "login", "shop", "--url", server.Endpoint.ToString(), "--key", ServerProcess.ConductorKey,
            "--ca", _authority.Write(_directory.File("ca.pem")));
        await Run("", "launch", _directory.File("shop.yaml"), "--id", "shop", "--output", _directory.File("out"), "--timeout", "60");
        Assert.Equal("shop", (await Run("", "list")).Trim());
        await Run("", "scale", "shop", "web", "3", "--output", _directory.File("out"), "--timeout", "60");
        Assert.Equal(4, Directory.GetDirectories(_directory.File("out")).Length);

        await AssertRawClientsReachNothing();
        await AssertLibraryIsAudited();
        await Run("", "delete", "shop", "--timeout", "60");
        Assert.Equal("", await Run("", "list"));
        Assert.Contains($"from {_network.Here}: delete-deployable shop: done", await Run("", "audit"), StringComparison.Ordinal);

        async Task<string> Run(string input, params string[] args)
        {
            var (code, text, error) = await command.Run(input, args);
            Assert.True(code == 0, $"audrey {args[0]}: {code} {error}");
            return text;
        }
    }

    /// <summary>The ports are reachable, so the refusals are the server's.</summary>
    private async Task AssertRawClientsReachNothing()
    {
        var conductor = new CallerCredential(CallerKind.Conductor, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);
        var (tls, foreign) = (_certificates.Client(), new TestCertificates("Foreign CA"));
        using var owned = foreign;
        foreach (var port in new[] { Port, ClientPort })
        {
            using var reachable = new TcpClient();
            await reachable.ConnectAsync(new IPEndPoint(_network.There, port));
        }

        await AssertRefused(Port, conductor, null);
        await AssertRefused(Port, conductor, tls);
        await AssertRefused(ClientPort, null, null);
        await AssertRefused(ClientPort, conductor, null);
        await AssertRefused(ClientPort, conductor, foreign.Client() with { Authorities = tls.Authorities });
        await AssertRefused(ClientPort, null, tls);
        var unproven = await AssertRefused(ClientPort, new(CallerKind.Conductor, ServerProcess.ConductorKey, "a wrong secret"), tls);
        Assert.Equal(ProofRefusal.Unproven, ProofRefusedException.In(unproven)?.Reason);

        // With a certificate and the secret it is a client, so the test would see it.
        await using var accepted = await RawClient.Connect(ClientPort, conductor, null, _network.There, tls);
    }

    /// <summary>The client library connects from this machine, and the audit trail has this machine's address.</summary>
    private async Task AssertLibraryIsAudited()
    {
        var files = _certificates.Client();
        await using var client = await AudreyClient.ConnectAsync(new()
        {
            Conductor = ConductorKey.Parse(ServerProcess.ConductorKey),
            Secret = ServerProcess.ConductorSecret,
            Gateways = [$"{_network.There}:{ClientPort}"],
            Tls = new() { Authorities = files.Authorities, Certificate = files.Certificate, Key = files.Key },
        });
        await client.RegisterInstanceAsync(new()
        {
            Id = InstanceId.Parse("alone"),
            Name = "alone",
            Secret = "the secret of the guest",
            Deployable = DeployableId.Parse("library"),
            DeployableName = "library",
        });
        var entry = (await client.GetAuditAsync()).Entries.Single(entry => entry.Target.Deployable == "library");
        Assert.Equal(("register-instance", _network.Here.ToString(), "done"), (entry.Action, entry.Address, entry.Outcome));
        await client.DeleteDeployableAsync(DeployableId.Parse("library"));
    }

    private Task<Exception> AssertRefused(int port, CallerCredential? credential, CertificateFiles? tls) =>
        Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(port, credential, null, _network.There, tls));

    private string[] Reachable() =>
    [
        $"--Audrey:DataDirectory={_directory.File("server-data")}",
        $"--Audrey:Silo:AdvertisedAddress={_network.There}",
        $"--Audrey:Silo:Port={Port}",
        $"--Audrey:Silo:GatewayPort={ClientPort}",
    ];

    private const string Document =
        """
        audrey: 1
        name: shop
        assemblies:
          db:
            hardware_profile: small
            returns: [ipaddress]
          web:
            count: 2
            hardware_profile: small
            services:
              http:
                puppet:
                  classes: [http]
                parameters:
                  db: {from: db, return: ipaddress}
        """;
}
