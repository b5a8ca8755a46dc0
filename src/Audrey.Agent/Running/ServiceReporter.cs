using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Tells the server how services run, and that this instance is alive meanwhile.</summary>
internal sealed class ServiceReporter(StateDirectory state, Journal journal, ServiceRunner runner, RunOptions options, TimeProvider time)
{
    /// <summary>Applies a service as <see cref="ServiceRunner"/> does, and tells its start and that it goes on.</summary>
    public async Task<(ServiceRecord Record, IReadOnlyDictionary<string, byte[]> Provided)> RunAsync(
        IConfigServer server, ServicePlan plan, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var beats = BeatAsync(server, ended.Token);
        try
        {
            return await runner.RunAsync(plan, record => TellStartAsync(server, plan.Name, record, cancellationToken), cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await beats;
        }
    }

    /// <summary>Tells how the service's last run ended.</summary>
    /// <param name="server">The server.</param>
    /// <param name="name">The service.</param>
    /// <param name="record">Its last run.</param>
    /// <param name="parameters">What it ran with.</param>
    /// <param name="secretProvided">Names of the secrets that its script may have written.</param>
    /// <param name="cancellationToken">Ends the telling.</param>
    public async Task TellEndAsync(
        IConfigServer server, string name, ServiceRecord record, IReadOnlyList<Parameter> parameters, IReadOnlyList<string> secretProvided, CancellationToken cancellationToken)
    {
        var secrets = parameters.Where(parameter => parameter.Secret).Select(parameter => parameter.Value)
            .Concat(secretProvided.Select(journal.Provided).OfType<byte[]>()).ToArray();
        var end = new ServiceEnd
        {
            Service = name,
            Run = record.Run,
            ExitStatus = record.ExitStatus ?? throw new InvalidOperationException($"{name} has ended without a status."),
            Duration = record.Ended!.Value - record.Started is var took && took > TimeSpan.Zero ? took : TimeSpan.Zero,
            Output = Output(name, record, secrets),
        };
        try
        {
            await server.TellEndAsync(end, cancellationToken);
        }
        catch (RunTakenException taken)
        {
            await server.TellEndAsync(end with { Run = runner.Renumber(name, record, taken.Last).Run }, cancellationToken);
        }
    }

    /// <summary>Not to be able to tell a start is no reason not to begin: the end is told until it has come through.</summary>
    private static Task TellStartAsync(IConfigServer server, string name, ServiceRecord record, CancellationToken cancellationToken) =>
        TryAsync(() => server.TellStartAsync(name, record.Run, cancellationToken));

    private async Task BeatAsync(IConfigServer server, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
        await TryAsync(async () =>
        {
            while (await timer.WaitForNextTickAsync(ended)) await TryAsync(() => server.TellAliveAsync(ended));
        });
    }

    private static async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (ServerTroubleException trouble) when (trouble is not RegisteredAnewException)
        {
            // The next request that matters says what the trouble is.
        }
        catch (OperationCanceledException)
        {
            // The run that goes on meanwhile ends by it as well, in its own way.
        }
    }

    private string Output(string name, ServiceRecord record, IReadOnlyCollection<byte[]> secrets)
    {
        var output = record.OutputMayQuote ? "" : OutputTail.Read(state.Service(name), secrets);
        if (record.Problem is not { } problem) return output;
        return output.Length == 0 || output.EndsWith('\n') ? output + problem + "\n" : $"{output}\n{problem}\n";
    }
}
