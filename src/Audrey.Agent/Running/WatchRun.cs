using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.Stages;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Audrey.Agent.Watching;
using Audrey.Agent.Watching.Bus;
using Audrey.Agent.Watching.Kernel;

namespace Audrey.Agent.Running;

/// <summary>Watches the facts of the machine until it is stopped.</summary>
/// <param name="run">The objects that a run has. The state is a directory for temporary files.</param>
/// <param name="state">The state directory of the runs, which is only read.</param>
/// <param name="folder">The directory of facts.</param>
internal sealed class WatchRun(RunContext run, StateDirectory state, string folder)
{
    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="output">Receives the changes. Null for nobody.</param>
    /// <param name="bus">The bus. Null for none.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="AgentException">There is no user data for the bus, or the bus cannot be used with it.</exception>
    public async Task RunAsync(IFactListener? output, BusRequest? bus, CancellationToken cancellationToken)
    {
        var readers = FactReaders.Create(state, run.State, folder, run.Time, new OnceLog(run.Log));
        var settings = bus is null ? null : await new BusDiscovery(run, state).FindAsync(bus, cancellationToken);
        if (output is null && settings is null) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var signs = new KernelSigns(run.Log);
        using var agent = settings is null ? null : new GuestAgent(settings, new MachineFacts(readers, run.Time), run.Time, run.Log);
        var watch = new FactWatch(
            readers, signs, [.. new[] { output, agent }.OfType<IFactListener>()], new WatchTiming(), run.Time, run.Pause);
        Task[] tasks = agent is null ? [watch.RunAsync(stop.Token)] : [watch.RunAsync(stop.Token), agent.RunAsync(stop.Token)];
        var ended = await Task.WhenAny(tasks);
        await stop.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }
}
