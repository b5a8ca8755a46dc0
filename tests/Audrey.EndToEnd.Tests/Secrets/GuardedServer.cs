using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Client;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Server;
using Audrey.Server.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>A server whose data directory is kept when the server stops. It has two instances with secret values.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    public const string ProviderSecret = "secret-of-the-provider-9f81";
    public const string GivenValue = "value-in-the-document-27aa";
    public const string ReportedValue = "value-of-the-guest-c3d0";
    public const string OpenValue = "value-that-is-open-5b1e";

    private readonly WebApplication _server;
    private readonly HttpClient _http;
    private readonly int _gatewayPort;

    private GuardedServer(WebApplication server, int gatewayPort)
    {
        (_server, _gatewayPort) = (server, gatewayPort);
        _http = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    public static string[] Secrets => [ProviderSecret, GivenValue, ReportedValue];

    public static async Task<GuardedServer> Start(string dataDirectory, params string[] settings)
    {
        var ports = FreePorts.Take(2);
        var server = Build(dataDirectory, ports, settings);
        try
        {
            await server.StartAsync();
            return new GuardedServer(server, ports[1]);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public static async Task<string> RotateKeys(string dataDirectory, params string[] settings)
    {
        await using var server = Build(dataDirectory, FreePorts.Take(2), settings);
        return await KeyRotation.RunAsync(server.Services, CancellationToken.None);
    }

    /// <summary>Registers both instances and sends the values of their guests.</summary>
    public async Task Deploy()
    {
        await Register(new InstanceConfig
        {
            Id = InstanceId.Parse("db"),
            Name = "db",
            Secret = ProviderSecret,
            Deployable = DeployableId.Parse("shop"),
            DeployableName = "shop",
            ProvidedParameters = ["password", "port"],
            SecretParameters = ["password"],
        });
        await Register(new InstanceConfig
        {
            Id = InstanceId.Parse("web"),
            Name = "web",
            Secret = ProviderSecret,
            Deployable = DeployableId.Parse("shop"),
            DeployableName = "shop",
            ProvidedParameters = ["url"],
            Services =
            [
                new ServiceConfig
                {
                    Name = "http",
                    Parameters =
                    [
                        new ParameterConfig { Name = "token", Value = System.Text.Encoding.UTF8.GetBytes(GivenValue), Secret = true },
                        new ParameterConfig
                        {
                            Name = "db",
                            Reference = new(InstanceId.Parse("db"), ReferenceKind.ProvidedParameter, "password"),
                        },
                    ],
                },
            ],
        });
        await Give("db", "password", ReportedValue);
        await Give("web", "url", OpenValue);
    }

    /// <summary>Asserts that the dependent has all its values.</summary>
    public async Task AssertServes()
    {
        var answer = await Guest("web").Get("/configs/2/web/http");
        Assert.Equal(200, answer.Status);
        foreach (var value in new[] { GivenValue, ReportedValue })
            Assert.Contains(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value)), answer.Text, StringComparison.Ordinal);
    }

    public async Task Give(string instance, string parameter, string value)
    {
        var data = $"|{parameter}&{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value))}|";
        Assert.InRange((await Guest(instance).Put($"/params/2/{instance}", data)).Status, 200, 202);
    }

    /// <summary>Returns a client that signs with this key.</summary>
    public SignedClient Signing(string key, string secret) => new(_http, new OAuthSigner(key, secret, TimeProvider.System));

    /// <summary>Returns a client of version 3 with this user.</summary>
    public BasicClient Basic(string user, string secret) => new(_http, user, secret);

    /// <summary>The address of the server over HTTP.</summary>
    public Uri Endpoint => _http.BaseAddress!;

    /// <summary>Connects the client library to this server, with the credential that the cluster has made.</summary>
    public Task<AudreyClient> Connect() => Connect(
        AudreyServer.FindConductor(_server).Key, System.Text.Encoding.UTF8.GetString(AudreyServer.FindConductor(_server).Secret));

    /// <summary>Connects the client library to this server.</summary>
    public Task<AudreyClient> Connect(ConductorKey key, string secret) => AudreyClient.ConnectAsync(new AudreyClientOptions
    {
        Conductor = key,
        Secret = secret,
        Gateways = [$"127.0.0.1:{_gatewayPort}"],
    });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private static WebApplication Build(string dataDirectory, int[] ports, string[] settings) => AudreyServer.Build(
    [
        "--urls=http://127.0.0.1:0",
        $"--Audrey:DataDirectory={dataDirectory}",
        "--Audrey:Silo:AdvertisedAddress=127.0.0.1",
        $"--Audrey:Silo:Port={ports[0]}",
        $"--Audrey:Silo:GatewayPort={ports[1]}",
        .. settings,
    ]);

    private SignedClient Guest(string instance) => Signing(instance, ProviderSecret);

    private async Task Register(InstanceConfig config)
    {
        var registrar = _server.Services.GetRequiredService<IGrainFactory>().GetGrain<IRegistrarGrain>(0);
        var answer = await registrar.Register(new ConductorCommand(ConductorKey.Parse("conductor"), null), config);
        Assert.Equal(ConductorOutcome.Done, answer.Outcome);
    }
}
