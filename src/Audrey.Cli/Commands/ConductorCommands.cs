using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Client;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>The commands for credentials of conductors that the cluster keeps.</summary>
internal static class ConductorCommands
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "conductor",
        "Add, list, rotate and revoke credentials of conductors while the cluster runs.",
        "audrey conductor add shop --output shop.secret --server 10.0.0.5:30000",
        "audrey conductor list --server 10.0.0.5:30000")
    {
        Add(terminal), List(terminal), Rotate(terminal), Revoke(terminal),
    };

    private static ExampleCommand Add(Terminal terminal)
    {
        var command = new ExampleCommand(
            "add",
            "Add a credential. Its secret is shown only once.",
            "audrey conductor add shop --output shop.secret --server 10.0.0.5:30000");
        Issue(terminal, command, (_, client, key, cancellationToken) => client.AddConductorAsync(key, cancellationToken));
        return command;
    }

    private static ExampleCommand Rotate(Terminal terminal)
    {
        var overlap = CommonOptions.Seconds("--overlap", "How long the old secret stays valid, at most 30 days. Default: not at all.");
        overlap.Validators.Add(result =>
        {
            if (result.Tokens is not [.., var last] || !double.TryParse(last.Value, CultureInfo.InvariantCulture, out var seconds)) return;
            if (seconds > AudreyClient.MaxOverlap.TotalSeconds) result.AddError("--overlap takes at most 30 days, 2592000 seconds.");
        });
        var command = new ExampleCommand(
            "rotate",
            "Give a conductor a new secret. It is shown only once.",
            "audrey conductor rotate shop --overlap 3600 --output shop.secret --server 10.0.0.5:30000")
        {
            overlap,
        };
        Issue(terminal, command, (parsed, client, key, cancellationToken) => WithHintAsync(
            () => client.RotateConductorAsync(key, TimeSpan.FromSeconds(parsed.GetValue(overlap) ?? 0), cancellationToken)));
        return command;
    }

    private static ExampleCommand Revoke(Terminal terminal)
    {
        var (key, json) = (Key(), CommonOptions.Json());
        var command = new ExampleCommand(
            "revoke", "Revoke the credential of a conductor. Its deployables stay.", "audrey conductor revoke shop --server 10.0.0.5:30000")
        {
            key, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var conductor = ConductorKey.Parse(parsed.GetValue(key)!);
            await WithHintAsync(async () =>
            {
                await client.RevokeConductorAsync(conductor, cancellationToken);
                return true;
            });
            if (parsed.GetValue(json)) terminal.WriteJson(new { revoked = conductor.Value });
            else terminal.Line($"{conductor} has no credential any more. Every gateway knows within five seconds.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static ExampleCommand List(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "list", "List the conductors that were added, without their secrets.", "audrey conductor list --json --server 10.0.0.5:30000")
        {
            json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var conductors = await client.ListConductorsAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new
                {
                    conductors =
                        from conductor in conductors
                        select new { key = conductor.Key.Value, conductor.Created, conductor.Rotated, conductor.PreviousUntil },
                });
                return ExitCode.Ok;
            }

            foreach (var conductor in conductors) terminal.Line(Describe(conductor));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>
    /// Sets the action of a command that issues a secret and shows it once: in a file, or as the only line of the output.
    /// </summary>
    private static void Issue(
        Terminal terminal,
        ExampleCommand command,
        Func<ParseResult, IAudreyClient, ConductorKey, CancellationToken, Task<IssuedCredential>> issue)
    {
        var (key, json, output, connection) = (Key(), CommonOptions.Json(), Output(), new ConnectionArguments(terminal));
        command.Arguments.Add(key);
        command.Options.Add(output);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            // The file is checked before the secret is requested, because a secret that cannot be written would be lost.
            var file = SecretFile.Open(parsed.GetValue(output));
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var issued = await issue(parsed, client, ConductorKey.Parse(parsed.GetValue(key)!), cancellationToken);
            file?.Write(issued.Secret);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new { conductor = issued.Key.Value, secret = file is null ? issued.Secret : null, file = file?.Path });
            }
            else if (file is not null)
            {
                terminal.Line($"The secret of {issued.Key} is in {file.Path}. It is not shown again.");
            }
            else
            {
                terminal.Line(issued.Secret);
                terminal.Note($"This is the secret of {issued.Key}. It is not shown again.");
            }

            return ExitCode.Ok;
        });
    }

    private static Argument<string> Key()
    {
        var key = new Argument<string>("KEY") { Description = "The key that the conductor signs under." };
        key.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0) return;
            if (!ConductorKey.TryParse(result.GetValueOrDefault<string>(), out _, out var problem)) result.AddError(problem);
        });
        return key;
    }

    private static Option<string?> Output() => new("--output", "-o")
    {
        Description = "New file for the secret, which only you can read. Without it the secret is printed.",
        HelpName = "FILE",
    };

    private static async Task<T> WithHintAsync<T>(Func<Task<T>> command)
    {
        try
        {
            return await command();
        }
        catch (NotFoundException missing)
        {
            throw new CommandFailure(ExitCode.NotFound, $"{missing.Message} See the existing ones with: audrey conductor list");
        }
    }

    private static string Describe(ConductorSummary conductor)
    {
        var rotated = conductor.Rotated is { } time ? Text($"  rotated {time:u}") : "";
        var previous = conductor.PreviousUntil is { } until ? Text($"  the previous secret is valid until {until:u}") : "";
        return Text($"{conductor.Key}  added {conductor.Created:u}") + rotated + previous;

        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }
}
