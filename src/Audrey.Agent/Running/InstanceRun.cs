using Audrey.Agent.Commands;
using Audrey.Agent.Engines;
using Audrey.Agent.Facts;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Processes;
using Audrey.Agent.State;
using Audrey.Agent.UserData;

namespace Audrey.Agent.Running;

/// <summary>Puts the parts of a run together.</summary>
internal static class InstanceRun
{
    /// <summary>Runs, and leaves a status that says how it ended.</summary>
    /// <param name="access">Where the server is.</param>
    /// <param name="state">The state directory, locked by the caller.</param>
    /// <param name="factDirectory">A directory of facts; null for none.</param>
    /// <param name="options">How to go about it.</param>
    /// <param name="time">The clock of timestamps and limits.</param>
    /// <param name="log">Told each event, without values.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <param name="pause">How to wait between rounds; null to wait by the clock.</param>
    public static async Task<ExitCode> RunAsync(
        ServerAccess access,
        StateDirectory state,
        string? factDirectory,
        RunOptions options,
        TimeProvider time,
        Action<string> log,
        CancellationToken cancellationToken,
        IPause? pause = null)
    {
        state.Clean();
        var status = new StatusFile(state, time, log);
        var journal = Journal.Open(state, $"{access.Endpoint}|{access.Id}", log);
        var processes = new ChildProcesses(time);
        IFactSource[] sources = factDirectory is null
            ? [new JournalFacts(journal), new BuiltInFacts()]
            : [new JournalFacts(journal), new FactDirectory(factDirectory, state, processes, log), new BuiltInFacts()];
        using var server = new ConfigServer(access, options.Server, time);
        var run = new ServerRun(
            access,
            server,
            new FactChain(sources),
            new InstanceFiles(state, options.Tarball),
            new ServiceRunner(state, journal, status, [new ScriptEngine(processes)], options, time, log),
            status,
            options,
            pause ?? new ClockPause(time),
            Random.Shared);
        try
        {
            return await run.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            status.Change(current => current with { Phase = Phase.Stopped, NextAttempt = null });
            log("Stopped before it was complete: run again to go on.");
            return ExitCode.Incomplete;
        }
        finally
        {
            state.Clean();
        }
    }
}
