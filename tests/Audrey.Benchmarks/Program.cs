using Audrey.Benchmarks.Deployable;
using Audrey.Benchmarks.Documents;
using Audrey.Benchmarks.Guest;
using Audrey.Benchmarks.Http;
using Audrey.Benchmarks.LongPoll;
using Audrey.Benchmarks.Propagation;
using Audrey.Benchmarks.Registration;
using Audrey.Benchmarks.Storage;
using Audrey.Benchmarks.Storm;
using Audrey.Benchmarks.Tls;

if (args is ["serve", .. var server]) return await Servers.RunAsync(server);

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};

var benchmarks = new Dictionary<string, Func<Task>>
{
    ["storage"] = () => StorageBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["gateway"] = () => GatewayBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["propagation"] = () => PropagationBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["longpoll"] = () => LongPollBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["storm"] = () => StormBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["deployable"] = () => DeployableBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["summary"] = () => SummaryBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["registration"] = () => RegistrationBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["commands"] = () => CommandBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["tls"] = () => TlsBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["guest"] = () => GuestBenchmark.RunAsync(Console.Out, cancellation.Token),
    ["documents"] = () => DocumentsBenchmark.RunAsync(Console.Out, cancellation.Token),
};

if (args.Length == 0 || args.Any(name => !benchmarks.ContainsKey(name)))
{
    Console.Error.WriteLine($"Name one or more benchmarks: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

foreach (var name in args) await benchmarks[name]();
return 0;
