using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Engines;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Facts;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.Facts.Sshd;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Apply;
using Audrey.Agent.Stages.Connect;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.Stages.Fetch;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.Stages.Report;
using Audrey.Agent.Standalone;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Runs the stages in their order: discover, and then either connect, give, fetch, apply and report, or apply only.</summary>
internal sealed class InstanceRun(RunContext run)
{
    private readonly ChildProcesses _processes = new(run.Time, new LeftoverProcess(run.State.Child));

    /// <summary>Configures this instance. The status records the result of the run.</summary>
    /// <exception cref="AgentException">The run cannot continue.</exception>
    public async Task<AgentExitCode> RunAsync(UserDataRequest userData, CancellationToken cancellationToken)
    {
        if (new LeftoverProcess(run.State.Child).Kill())
            run.Log.Write("Ended a program that was left behind when an earlier run was killed.");
        run.State.Clean(run.Log);
        run.Status.Update(current => current with { Phase = RunPhase.Starting });
        try
        {
            var instructions = await new DiscoverStage(run, _processes).RunAsync(userData, cancellationToken);
            try
            {
                return instructions.Server is { } access
                    ? await RunWithServerAsync(
                        access, run.Options.Server with { CaCertificates = instructions.CaCertificates }, cancellationToken)
                    : await RunStandaloneAsync(instructions.Standalone!, cancellationToken);
            }
            catch (RebootPendingException pending)
            {
                return await WaitForRebootAsync(pending, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.Status.SetStopped();
            run.Log.Write("The run was stopped before it was complete. Run again to continue.");
            return AgentExitCode.Incomplete;
        }
        catch (AgentException failure)
        {
            run.Status.SetStopped(failure.Message);
            throw;
        }
        finally
        {
            run.State.Clean(run.Log);
        }
    }

    /// <summary>
    /// Waits until the reboot ends this process. If the run must not wait, it ends, and the next run after the reboot continues.
    /// </summary>
    private async Task<AgentExitCode> WaitForRebootAsync(RebootPendingException pending, CancellationToken cancellationToken)
    {
        run.Status.SetProblem(pending.Message);
        while (!run.Options.Once) await run.Pause.WaitAsync(run.Options.MaxBackoff, cancellationToken);
        run.Status.SetStopped(pending.Message);
        return AgentExitCode.Incomplete;
    }

    private async Task<AgentExitCode> RunWithServerAsync(
        ServerAccess access, ConfigServerOptions options, CancellationToken cancellationToken)
    {
        var journal = Journal.Open(run.State, $"{access.Endpoint}|{access.Id}", run.Machine, run.Log);
        var shown = run with { Pause = new StatusPause(run.Pause, run.Status, run.Time) };
        using var http = new ServerHttp(access.Endpoint, options, run.Time);

        var secret = new InstanceSecret(access, new StoredSecret(run.State, $"{access.Endpoint}|{access.Id}|{access.Secret}", run.Log));
        var connect = new ConnectStage(shown, new VersionNegotiation(shown, access, secret, journal, http));
        using var given = new GivenFacts(journal, access.Secret, run.Time);
        IFactSource[] builtIn = [new NetworkFacts(new MachineAddresses(access.Endpoint)), new BuiltInFacts()];
        var described = new FactChain(run.Log, builtIn);
        var named = new NamedFacts(CreateMachineFacts(), run.Log);
        var give = new GiveStage(shown, new FactChain(run.Log, [named, .. CreateFactSources(journal, builtIn)]), named, given);
        var fetch = new FetchStage(shown, access);
        var apply = new ApplyStage(shown, journal, CreateEngines());
        var leave = new LeaveStage(shown, new ScriptEngine(_processes));
        var report = new ReportStage(shown, journal);
        return await new ServerRun(shown, access, described, connect, give, fetch, apply, leave, report).RunAsync(cancellationToken);
    }

    private Task<AgentExitCode> RunStandaloneAsync(StandaloneConfig config, CancellationToken cancellationToken)
    {
        var journal = Journal.Open(run.State, "standalone", run.Machine, run.Log);
        var apply = new ApplyStage(run, journal, CreateEngines());
        return new StandaloneRun(run, config, apply).RunAsync(cancellationToken);
    }

    private IReadOnlyList<IEngine> CreateEngines() =>
        [new PuppetEngine(run.Options.Puppet, run.State, _processes), new ScriptEngine(_processes)];

    private MachineFacts CreateMachineFacts() => new(
        FactReaders.Create(run.State, run.State, run.Options.FactFolder ?? FactDirectory.DefaultFolder, run.Time, run.Log), run.Time);

    private IReadOnlyList<IFactSource> CreateFactSources(Journal journal, IFactSource[] builtIn) =>
    [
        new JournalFacts(journal),
        .. run.Options.FactFolder is { } folder ? (IFactSource[])[new FactDirectory(folder, run.State, _processes, run.Time, run.Log)] : [],
        .. builtIn,
        new SshdFacts(new SshdPorts(new FactPrograms(run.State, _processes)), run.Log),
        new FacterFacts(FacterFacts.DefaultPrograms, run.State, _processes, run.Time, run.Log),
    ];
}
