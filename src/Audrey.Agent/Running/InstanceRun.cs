using Audrey.Agent.Commands;
using Audrey.Agent.Engines;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Facts;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Processes;
using Audrey.Agent.Standalone;
using Audrey.Agent.State;
using Audrey.Agent.UserData;

namespace Audrey.Agent.Running;

/// <summary>Puts the parts of a run together.</summary>
/// <param name="state">The state directory, locked by the caller.</param>
/// <param name="factDirectory">A directory of facts; null for none.</param>
/// <param name="options">How to go about it.</param>
/// <param name="time">The clock of timestamps and limits.</param>
/// <param name="pause">How to wait between rounds.</param>
/// <param name="log">Told each event, without values.</param>
internal sealed class InstanceRun(StateDirectory state, string? factDirectory, RunOptions options, TimeProvider time, IPause pause, Action<string> log)
{
    private readonly StatusFile _status = new(state, time, log);
    private readonly ChildProcesses _processes = new(time, new LeftoverProcess(state.Child));

    /// <summary>Finds out what to do and does it; leaves a status that says how it ended.</summary>
    public async Task<ExitCode> RunAsync(Func<ChildProcesses, CancellationToken, Task<byte[]>> findUserData, CancellationToken cancellationToken)
    {
        if (new LeftoverProcess(state.Child).End()) log("Ended what an earlier run, which was killed, had started.");
        state.Clean();
        _status.Change(current => current with { Phase = Phase.Starting });
        try
        {
            var instructions = Instructions.Read(await findUserData(_processes, cancellationToken));
            return instructions.Server is { } access
                ? await WithServerAsync(access, cancellationToken)
                : await StandaloneAsync(instructions.Standalone!, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _status.Change(current => current with { Phase = Phase.Stopped, NextAttempt = null });
            log("Stopped before it was complete: run again to go on.");
            return ExitCode.Incomplete;
        }
        catch (AgentException problem)
        {
            _status.Change(current => current with { Phase = Phase.Stopped, Trouble = problem.Message, TroubleSince = time.GetUtcNow(), NextAttempt = null });
            throw;
        }
        finally
        {
            state.Clean();
        }
    }

    private async Task<ExitCode> WithServerAsync(ServerAccess access, CancellationToken cancellationToken)
    {
        var journal = Journal.Open(state, $"{access.Endpoint}|{access.Id}", log);
        var told = new StatusPause(pause, _status, time);
        using var http = new ServerHttp(access.Endpoint, options.Server, time);
        var run = new ServerRun(
            access,
            new Negotiation(access, options.Server, journal, http, time, told, Random.Shared, log),
            Facts(journal),
            new AssignedServices(
                access,
                new InstanceFiles(state, options.Tarball),
                new ServiceReporter(state, journal, Runner(journal), options, time),
                new WaitLog(_status, options, time, log),
                _status,
                options),
            _status,
            options,
            told,
            Random.Shared,
            log);
        return await run.RunAsync(cancellationToken);
    }

    private Task<ExitCode> StandaloneAsync(StandaloneConfig config, CancellationToken cancellationToken) =>
        new StandaloneRun(config, state, Runner(Journal.Open(state, "standalone", log)), _status).RunAsync(cancellationToken);

    private ServiceRunner Runner(Journal journal) =>
        new(state, journal, _status, [new PuppetEngine(options.Puppet, state, _processes), new ScriptEngine(_processes)], options, time, log);

    private FactChain Facts(Journal journal) => new(
    [
        new JournalFacts(journal),
        .. factDirectory is null ? (IFactSource[])[] : [new FactDirectory(factDirectory, state, _processes, log)],
        new BuiltInFacts(),
        new FacterFacts(FacterFacts.DefaultPrograms, state, _processes, time),
    ]);
}
