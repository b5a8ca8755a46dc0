using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Apply;
using Audrey.Agent.Stages.Connect;
using Audrey.Agent.Stages.Fetch;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.Stages.Report;
using Audrey.Agent.State;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Running;

/// <summary>
/// Configures this instance with the help of a config server. Each round sends the values that the server requests. It then applies each
/// service whose configuration has become complete, and reports the end of the service. The rounds continue until all work is done or, if
/// the guest stays, until the run is stopped.
/// </summary>
internal sealed class ServerRun(
    RunContext run,
    ServerAccess access,
    IFactSource described,
    ConnectStage connect,
    GiveStage give,
    FetchStage fetch,
    ApplyStage apply,
    LeaveStage leave,
    ReportStage report)
{
    private readonly Backoff _backoff = new(run.Options.FirstBackoff, run.Options.MaxBackoff, run.Random);
    private readonly SettledServices _settled = new();
    private string? _registration;
    private string? _files;
    private bool _isDone;

    /// <summary>Whether the run continues when all work is done. The command line decides it, or else the server.</summary>
    private bool _stays;

    /// <summary>Runs until every service has ended, for one round, or until the run is stopped.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped before every service had ended.</exception>
    public async Task<AgentExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var endpoint = access.Endpoint.ToString();
        run.Status.Update(current => current with { Phase = RunPhase.Waiting, Instance = access.Id, Endpoint = endpoint });
        try
        {
            while (true)
                if (await StepAsync(cancellationToken) is { } code)
                    return code;
        }
        catch (OperationCanceledException) when (_isDone && !_settled.IsRunning && cancellationToken.IsCancellationRequested)
        {
            // The run was stopped while it waited for further changes. All work is done.
            return Finish();
        }
    }

    /// <summary>Runs one round and waits. Returns the exit code if the run is over.</summary>
    private async Task<AgentExitCode?> StepAsync(CancellationToken cancellationToken)
    {
        TimeSpan delay;
        try
        {
            var server = await connect.RunAsync(cancellationToken);
            var result = await RoundAsync(server, cancellationToken);
            connect.RecordSuccess();
            _backoff.Reset();
            _isDone = result == RoundResult.Done;
            if (_isDone)
            {
                var code = Finish();
                if (!_stays) return code;
            }

            if (result == RoundResult.Waiting && run.Options.Once) return AgentExitCode.Incomplete;
            await WaitForChangesAsync(server, result, cancellationToken);
            return null;
        }
        catch (ServerException failure)
        {
            run.Status.SetProblem(failure.Message);
            connect.RecordFailure();
            delay = _backoff.Next();
            if (failure.RetryAfter > delay) delay = failure.RetryAfter.Value;
        }

        if (run.Options.Once) return AgentExitCode.Incomplete;
        await run.Pause.WaitAsync(delay, cancellationToken);
        return null;
    }

    /// <summary>
    /// Runs the stages after the connection. These are the give stage, and for each service the fetch, apply and report stages.
    /// </summary>
    private async Task<RoundResult> RoundAsync(IConfigServer server, CancellationToken cancellationToken)
    {
        ProcessFamily.Reap();
        var assignment = await server.GetAssignmentAsync(cancellationToken);
        _stays = run.Options.Stay ?? (assignment.Stays && !run.Options.Once);
        if (assignment.Registration != _registration) await StartAgainAsync(server, assignment, cancellationToken);
        if (assignment.Files != _files) fetch.Reset();
        _files = assignment.Files;
        var allGiven = await give.RunAsync(server, assignment, cancellationToken);

        var progress = false;
        foreach (var service in assignment.Services)
            if (_stays || !_settled.Contains(service.Name) || _settled.IsDemanded(service))
                progress |= await ConfigureAsync(server, assignment, service, cancellationToken);

        run.Status.Update(current => current with
        {
            Phase = current.Phase == RunPhase.Applying ? RunPhase.Waiting : current.Phase,
            Problem = null,
            ProblemSince = null,
            NextAttempt = null,
        });
        if (progress) return RoundResult.Progress;
        if (assignment.LeaveBy is { } leaveBy) await leave.RunAsync(server, assignment, leaveBy, cancellationToken);
        if (!assignment.Services.All(service => _settled.Contains(service.Name))) return RoundResult.Waiting;
        await server.ReportAppliedAsync(cancellationToken);
        return allGiven ? RoundResult.Done : RoundResult.Waiting;
    }

    /// <summary>Fetches, applies and reports one service. Returns whether the service was applied.</summary>
    private async Task<bool> ConfigureAsync(
        IConfigServer server, InstanceAssignment assignment, ServiceAssignment service, CancellationToken cancellationToken)
    {
        var name = service.Name;
        var (applied, isDemanded) = (_settled.FindFingerprint(name), _settled.IsDemanded(service));
        if (await fetch.RunAsync(server, service, applied, isDemanded, cancellationToken) is not { } plan) return false;
        _settled.Start();
        var result = await report.WithHeartbeatsAsync(
            server,
            () => apply.RunAsync(plan, record => ReportStage.ReportStartAsync(server, name, record, cancellationToken), cancellationToken),
            cancellationToken);

        // The values are sent before the end of the service is reported. So the values are available to every service that waits for this
        // end.
        var record = result.Record;
        if (result.Provided.Count > 0 && await server.GiveValuesAsync(result.Provided, cancellationToken) is { Count: > 0 } refused)
            record = apply.RecordRefused(plan, record, refused);
        if (!service.IsEndReported || service.LastReportedRun != record.Run)
            await report.RunAsync(server, plan, record, assignment.SecretNames, cancellationToken);
        _settled.Add(plan, result.ExitStatus, Math.Max(record.Run, plan.LastReportedRun));
        run.Status.SetReported(name);
        return true;
    }

    /// <summary>Called after a first or repeated registration of the instance. The server then has no earlier values and reports.</summary>
    private Task StartAgainAsync(IConfigServer server, InstanceAssignment assignment, CancellationToken cancellationToken)
    {
        _settled.Clear();
        fetch.Reset();
        _registration = assignment.Registration;
        return GiveStage.GiveFactsAsync(server, described, cancellationToken);
    }

    private async Task WaitForChangesAsync(IConfigServer server, RoundResult result, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, give.AddressChange);
        try
        {
            await WaitForServerAsync(server, result, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // An address of this machine has changed. The next round gives it.
        }
    }

    private Task WaitForServerAsync(IConfigServer server, RoundResult result, CancellationToken cancellationToken)
    {
        var options = run.Options;
        return result switch
        {
            RoundResult.Progress => server.WaitForChangesAsync(TimeSpan.Zero, TimeSpan.Zero, cancellationToken),
            RoundResult.Done => server.WaitForChangesAsync(options.StayInterval, options.MaxWait, cancellationToken),
            // The run searches for the unknown values again. No server can notify the guest when such a value becomes known.
            _ when run.Status.Current.Unknown.Count > 0 =>
                server.WaitForChangesAsync(options.PollInterval, options.PollInterval, cancellationToken),
            _ => server.WaitForChangesAsync(options.PollInterval, options.MaxWait, cancellationToken),
        };
    }

    private AgentExitCode Finish()
    {
        var phase = _settled.AnyFailed ? RunPhase.Failed : RunPhase.Complete;
        if (run.Status.Current.Phase != phase) run.Status.Update(current => current with { Phase = phase, NextAttempt = null });
        return _settled.AnyFailed ? AgentExitCode.ServiceFailed : AgentExitCode.Success;
    }

    private enum RoundResult
    {
        /// <summary>All work is done.</summary>
        Done = 0,

        /// <summary>A service has ended, and another service may have waited for it. The next round starts immediately.</summary>
        Progress,

        /// <summary>All remaining services wait for other instances.</summary>
        Waiting,
    }
}
