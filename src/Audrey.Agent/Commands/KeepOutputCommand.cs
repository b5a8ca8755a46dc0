using System.CommandLine;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>The hidden command that a run starts if a service leaves processes running.</summary>
internal static class KeepOutputCommand
{
    public static Command Create(TimeProvider time, IAgentLog log)
    {
        var state = CommandOptions.State();
        var command = new Command(OutputKeeper.Command, "Bound the output of processes that services left running.") { state };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            async () =>
            {
                var directory = StateDirectory.At(parsed.GetValue(state)!);
                await OutputKeeper.KeepAsync(directory.Services, directory.OutputLock, time, cancellationToken);
                return AgentExitCode.Success;
            },
            log));
        return command;
    }
}
