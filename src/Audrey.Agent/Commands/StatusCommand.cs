using System.CommandLine;
using System.Text.Json;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>Prints where the run stands.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var state = CommandOptions.State();
        var json = new Option<bool>("--json") { Description = "Print the status file." };
        var command = new Command("status", "Print where the run stands; its exit code says it too.") { state, json };
        command.SetAction((parsed, _) => Outcome.OfAsync(() => Task.FromResult(
            Print(StateDirectory.At(parsed.GetValue(state)!), parsed.GetValue(json), parsed.InvocationConfiguration.Output))));
        return command;
    }

    private static ExitCode Print(StateDirectory state, bool json, TextWriter output)
    {
        StatusDocument? status;
        try
        {
            status = StatusFile.Read(state);
        }
        catch (JsonException failure)
        {
            throw new AgentException(ExitCode.State, $"{state.Status} is damaged: run again.", failure);
        }

        if (status is null)
        {
            output.WriteLine($"No run has begun with {state.Path}.");
            return ExitCode.Incomplete;
        }

        if (json) output.WriteLine(JsonSerializer.Serialize(status, StateJson.Default.StatusDocument));
        else StatusText.Write(status, output);
        return status.Phase switch
        {
            Phase.Complete => ExitCode.Success,
            Phase.Failed => ExitCode.ServiceFailed,
            _ => ExitCode.Incomplete,
        };
    }
}
