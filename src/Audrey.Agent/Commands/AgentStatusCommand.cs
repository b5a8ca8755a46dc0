using System.CommandLine;
using System.Text.Json;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>The command <c>status</c>: prints the progress of the run.</summary>
internal static class AgentStatusCommand
{
    public static Command Create(IAgentLog log)
    {
        var state = CommandOptions.State();
        var json = CommandOptions.Flag("--json", "Print the status file as JSON.");
        var command = new Command("status", "Print the progress of the run. The exit code also reports the progress.") { state, json };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(
            () =>
            {
                var directory = StateDirectory.At(parsed.GetValue(state)!);
                return Task.FromResult(Print(directory, parsed.GetValue(json), parsed.InvocationConfiguration.Output));
            },
            log));
        return command;
    }

    private static AgentExitCode Print(StateDirectory state, bool json, TextWriter output)
    {
        RunStatus? status;
        try
        {
            status = RunStatusFile.Read(state);
        }
        catch (JsonException failure)
        {
            throw new AgentException(AgentExitCode.State, $"{state.Status} is damaged. Run again to replace the file.", failure);
        }

        if (status is null)
        {
            output.WriteLine($"No run has started with {state.Path}.");
            return AgentExitCode.Incomplete;
        }

        if (json) output.WriteLine(JsonSerializer.Serialize(status, StateJson.Default.RunStatus));
        else RunStatusText.Write(status, output);
        return status.Phase switch
        {
            RunPhase.Complete => AgentExitCode.Success,
            RunPhase.Failed => AgentExitCode.ServiceFailed,
            _ => AgentExitCode.Incomplete,
        };
    }
}
