using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Client;

namespace Audrey.Cli.Commands;

/// <summary>Runs the action of a command, and translates exceptions into messages and an exit code.</summary>
internal static class CommandAction
{
    public static void SetAction(this Command command, Terminal terminal, Func<ParseResult, CancellationToken, Task<ExitCode>> action) =>
        command.SetAction(async (parsed, cancellationToken) => (int)await RunAsync(terminal, () => action(parsed, cancellationToken)));

    /// <summary>Adds the options of the connection and sets an action that receives a connected client.</summary>
    public static void SetAction(
        this Command command, Terminal terminal, Func<ParseResult, GatewayClient, CancellationToken, Task<ExitCode>> action)
    {
        var connection = new ConnectionArguments(terminal);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            return await action(parsed, client, cancellationToken);
        });
    }

    private static async Task<ExitCode> RunAsync(Terminal terminal, Func<Task<ExitCode>> action)
    {
        try
        {
            return await action();
        }
        catch (CommandFailure failure)
        {
            foreach (var problem in failure.Problems) terminal.Problem(problem);
            return failure.Code;
        }
        catch (RefusedException refusal)
        {
            foreach (var problem in refusal.Problems)
                terminal.Problem(problem.Instance is { } instance ? $"{instance}: {problem.Message}" : problem.Message);
            return ExitCode.Failed;
        }
        catch (NotFoundException missing)
        {
            terminal.Problem($"{missing.Message} To see the existing deployables, run: audrey list");
            return ExitCode.NotFound;
        }
        catch (ConductorExistsException exists)
        {
            terminal.Problem(exists.Message);
            return ExitCode.Conflict;
        }
        catch (ConflictException conflict)
        {
            terminal.Problem(conflict.Message);
            return ExitCode.Conflict;
        }
        catch (UnavailableException unavailable)
        {
            var seconds = unavailable.Deadline.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            terminal.Problem(unavailable.Message);
            terminal.Problem($"Check that the server is running and that this is its address. Attempts ended after {seconds} s. "
                + $"It is safe to run the command again.");
            return ExitCode.Unavailable;
        }
        catch (AudreyException error)
        {
            terminal.Problem(error.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            terminal.Problem("interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Problem(error.Message);
            return ExitCode.Usage;
        }
    }
}
