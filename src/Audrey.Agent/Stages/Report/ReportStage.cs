using Audrey.Agent.ConfigServer;
using Audrey.Agent.Services;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Report;

/// <summary>Reports runs of services to the server, and sends heartbeats during a run.</summary>
internal sealed class ReportStage(RunContext run, Journal journal)
{
    /// <summary>Reports the end of the service's last run.</summary>
    /// <param name="server">The server.</param>
    /// <param name="plan">The service.</param>
    /// <param name="record">The record of the run.</param>
    /// <param name="secretNames">The names of the secrets that the script may have provided.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task RunAsync(
        IConfigServer server,
        ServicePlan plan,
        ServiceRecord record,
        IReadOnlyList<string> secretNames,
        CancellationToken cancellationToken)
    {
        var secrets = plan.Parameters.Where(parameter => parameter.Secret).SelectMany(parameter => parameter.Forms)
            .Concat(secretNames.Select(journal.FindProvided).OfType<byte[]>()).ToArray();
        var duration = record.Duration ?? record.Ended!.Value - record.Started;
        var end = new ServiceEnd
        {
            Service = plan.Name,
            Run = record.Run,
            ExitStatus = record.ExitStatus ?? throw new InvalidOperationException($"{plan.Name} has ended without a status."),
            Duration = duration > TimeSpan.Zero ? duration : TimeSpan.Zero,
            Output = ReadOutput(plan.Name, record, secrets),
        };
        try
        {
            await server.ReportEndAsync(end, cancellationToken);
        }
        catch (RunNumberTakenException taken)
        {
            var renumbered = journal.Renumber(plan.Name, record, taken.LastRun);
            await server.ReportEndAsync(end with { Run = renumbered.Run }, cancellationToken);
        }
    }

    /// <summary>Reports a start. A failure does not stop the service: the report of its end is repeated until it succeeds.</summary>
    public static Task ReportStartAsync(IConfigServer server, string service, ServiceRecord record, CancellationToken cancellationToken) =>
        TryAsync(() => server.ReportStartAsync(service, record.Run, cancellationToken));

    /// <summary>Sends heartbeats until the action has ended.</summary>
    public async Task<T> WithHeartbeatsAsync<T>(IConfigServer server, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heartbeats = SendHeartbeatsAsync(server, ended.Token);
        try
        {
            return await action();
        }
        finally
        {
            await ended.CancelAsync();
            await heartbeats;
        }
    }

    private async Task SendHeartbeatsAsync(IConfigServer server, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(run.Options.HeartbeatInterval, run.Time);
        await TryAsync(async () =>
        {
            while (await timer.WaitForNextTickAsync(ended)) await TryAsync(() => server.SendHeartbeatAsync(ended));
        });
    }

    private static async Task TryAsync(Func<Task> report)
    {
        try
        {
            await report();
        }
        catch (ServerException failure) when (failure is not ReregisteredException)
        {
            // The next required request reports the failure.
        }
        catch (OperationCanceledException)
        {
            // The same token cancels the service, and the end of the service ends the run.
        }
    }

    private string ReadOutput(string service, ServiceRecord record, IReadOnlyCollection<byte[]> secrets)
    {
        var output = record.OutputMayQuote ? "" : OutputTail.Read(run.State.ServiceOutput(service), secrets);
        if (record.Problem is not { } problem) return output;
        return output.Length == 0 || output.EndsWith('\n') ? output + problem + "\n" : $"{output}\n{problem}\n";
    }
}
