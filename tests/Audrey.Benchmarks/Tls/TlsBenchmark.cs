using System.Globalization;
using Audrey.Benchmarks.Http;
using Audrey.Client;
using Audrey.Connections.Certificates;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Testing;

namespace Audrey.Benchmarks.Tls;

/// <summary>
/// Measures the cost of TLS on the ports of a silo. There are two pairs of a silo and a gateway, one with TLS and one without. Each server
/// runs in its own process. The pairs are measured alternately. A signed GET goes from the gateway to the silo. A registration goes from
/// the client library in this process to the silo. The processor time is the sum for the silo, the gateway and this process. The load
/// generator is not included.
/// </summary>
internal static class TlsBenchmark
{
    private const int Size = 5_000;
    private const int Rounds = 10;
    private const int Seconds = 4;
    private const int Connections = 64;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        using var certificates = new TestCertificates();
        await using var plain = await Pair.StartAsync(null, null, cancellation);
        await using var secured = await Pair.StartAsync(certificates.Silo(), certificates.Client(), cancellation);
        foreach (var pair in new[] { plain, secured }) await pair.WarmUpAsync(cancellation);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var pair in round % 2 == 0 ? new[] { plain, secured } : [secured, plain])
                await pair.MeasureAsync(round, cancellation);
        }

        output.WriteLine($"{Rounds} rounds, a registration of {Size:N0} instances and {Seconds} s of signed GETs each; medians:");
        Print(output, "registration", plain.Registrations, secured.Registrations);
        Print(output, "signed GET", plain.Gets, secured.Gets);
    }

    private static void Print(TextWriter output, string name, List<Figure> plain, List<Figure> secured)
    {
        foreach (var (kind, figures) in new[] { ("without TLS", plain), ("with TLS", secured) })
        {
            output.WriteLine(
                $"  {name} {kind,-12} {Median(figures, one => one.PerSecond),8:N0}/s, "
                + $"{Median(figures, one => one.Microseconds),6:N1} us of processor time each");
        }

        var ratios = plain.Zip(secured, (before, after) => after.Microseconds / before.Microseconds).Order().ToList();
        output.WriteLine(
            $"  {name}: processor time with TLS to that without {ratios[ratios.Count / 2]:N2} (pairs: {ratios[0]:N2} to {ratios[^1]:N2})");
    }

    private static double Median(List<Figure> figures, Func<Figure, double> value) =>
        figures.Select(value).Order().ElementAt(figures.Count / 2);

    private sealed record Figure(double PerSecond, double Microseconds);

    /// <summary>A server that is only a silo, a server that is only a gateway, and a client.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly List<TempDirectory> _directories = [new(), new()];
        private readonly string _deployable = $"tls{Guid.NewGuid():n}"[..12];
        private ChildServer? _silo;
        private ChildServer? _gateway;
        private AudreyClient? _client;

        public List<Figure> Registrations { get; } = [];

        public List<Figure> Gets { get; } = [];

        private TimeSpan ProcessorTime => _silo!.ProcessorTime + _gateway!.ProcessorTime + Environment.CpuUsage.TotalTime;

        public static async Task<Pair> StartAsync(CertificateFiles? silo, CertificateFiles? client, CancellationToken cancellation)
        {
            var (pair, ports) = (new Pair(), FreePorts.Take(2));
            string[] common = [$"--Audrey:Silo:Port={ports[0]}", $"--Audrey:Silo:GatewayPort={ports[1]}", .. Settings(silo)];
            pair._silo = await ChildServer.StartAsync(["audrey", pair._directories[0].Path, "--Audrey:Roles:0=silo", .. common]);
            pair._gateway = await ChildServer.StartAsync(["audrey", pair._directories[1].Path, "--Audrey:Roles:0=gateway", .. common]);
            pair._client = await AudreyClient.ConnectAsync(
                new AudreyClientOptions
                {
                    Conductor = ConductorKey.Parse(Servers.ConductorKey),
                    Gateways = [$"127.0.0.1:{ports[1]}"],
                    Tls = client is null
                        ? null
                        : new() { Authorities = client.Authorities, Certificate = client.Certificate, Key = client.Key },
                },
                cancellation);
            return pair;
        }

        public async Task WarmUpAsync(CancellationToken cancellation)
        {
            await RegisterAsync("warm", cancellation);
            await GetAsync("warm");
        }

        public async Task MeasureAsync(int round, CancellationToken cancellation)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"round{round}");
            Registrations.Add(await RegisterAsync(name, cancellation));
            Gets.Add(await GetAsync(name));
        }

        public async ValueTask DisposeAsync()
        {
            if (_client is not null) await _client.DisposeAsync();
            if (_gateway is not null) await _gateway.DisposeAsync();
            if (_silo is not null) await _silo.DisposeAsync();
            _directories.ForEach(directory => directory.Dispose());
        }

        private static string[] Settings(CertificateFiles? files) => files is null
            ? []
            :
            [
                "--Audrey:Cluster:Tls:Mode=Require", $"--Audrey:Cluster:Tls:Authorities={files.Authorities}",
                $"--Audrey:Cluster:Tls:Certificate={files.Certificate}", $"--Audrey:Cluster:Tls:Key={files.Key}",
            ];

        private async Task<Figure> RegisterAsync(string round, CancellationToken cancellation)
        {
            InstanceConfig[] instances = [.. Enumerable.Range(0, Size).Select(number => Config(round, number))];
            var (began, used) = (TimeProvider.System.GetTimestamp(), ProcessorTime);
            await _client!.RegisterDeployableAsync(instances, cancellationToken: cancellation);
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            return new(Size / elapsed.TotalSeconds, (ProcessorTime - used).TotalMicroseconds / Size);
        }

        private async Task<Figure> GetAsync(string round)
        {
            using var wrk = new Wrk();
            wrk.Prepare(Enumerable.Range(0, 4 * Size).Select(number =>
            {
                var uuid = Uuid(round, number % Size);
                return Requests.Get(_gateway!.Endpoint, Fleet.Guest(uuid), $"/configs/2/{uuid}");
            }));
            var used = ProcessorTime;
            var (perSecond, requests) = await wrk.RunAsync(_gateway!.Endpoint, Connections, Seconds);
            return new(perSecond, (ProcessorTime - used).TotalMicroseconds / requests);
        }

        private string Uuid(string round, int number) => string.Create(CultureInfo.InvariantCulture, $"{_deployable}-{round}-{number:D6}");

        private InstanceConfig Config(string round, int number) => new()
        {
            Id = InstanceId.Parse(Uuid(round, number)),
            Name = "web",
            Secret = Servers.SecretOf(Uuid(round, number)),
            Deployable = DeployableId.Parse($"{_deployable}-{round}"),
            DeployableName = "tls",
            ProvidedParameters = ["ip"],
            Services = [new ServiceConfig { Name = "http", Parameters = [new() { Name = "port", Value = "80"u8.ToArray() }] }],
        };
    }
}
