using System.CommandLine;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.Files;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Audrey.Agent.Watching;
using Audrey.Agent.Watching.Kernel;

namespace Audrey.Agent.Commands;

/// <summary>The command <c>watch</c>: prints what the guest knows of its machine, and then each change, until it is stopped.</summary>
internal static class WatchCommand
{
    public static Command Create(TimeProvider time, IAgentLog log)
    {
        var json = CommandOptions.Flag("--json", "Print one line of JSON for each change.");
        var state = CommandOptions.State();
        var folder = CommandOptions.Text("--facts", "DIR", $"A directory of facts (default {FactDirectory.DefaultFolder}).");
        var command = new Command("watch", "Print what the guest knows of this machine, and then each change.") { json, state, folder };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            async () =>
            {
                using var stop = new StopSignals(null, time, cancellationToken);
                var scratch = Directory.CreateTempSubdirectory("audrey-watch-").FullName;
                try
                {
                    var readers = FactReaders.Create(
                        StateDirectory.At(parsed.GetValue(state)!),
                        StateDirectory.At(scratch),
                        Path.GetFullPath(parsed.GetValue(folder) ?? FactDirectory.DefaultFolder),
                        time,
                        new OnceLog(log));
                    using var signs = new KernelSigns(log);
                    var output = new WatchOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                    await new FactWatch(readers, signs, [output], new WatchTiming(), time, new ClockPause(time)).RunAsync(stop.Token);
                }
                catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
                {
                    // The watch has no other end.
                }
                finally
                {
                    TreeRemoval.Delete(scratch);
                }

                return AgentExitCode.Success;
            },
            log));
        return command;
    }
}
