using System.CommandLine;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>The command <c>clean</c>: removes everything that runs have kept, so that an image can be made from this machine.</summary>
internal static class CleanCommand
{
    public static Command Create(IAgentLog log)
    {
        var state = CommandOptions.State();
        var command = new Command("clean", "Remove the state of all runs, before an image is made from this machine.") { state };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(
            () =>
            {
                var path = parsed.GetValue(state)!;
                if (!Directory.Exists(path)) return Task.FromResult(AgentExitCode.Success);
                var directory = StateDirectory.Open(path);
                using var only = RunLock.Take(directory);
                return Task.FromResult(directory.RemoveAll(log) ? AgentExitCode.Success : AgentExitCode.State);
            },
            log));
        return command;
    }
}
