using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Audrey.Abstractions.Conductors;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>The commands for conductors' credentials that are stored in the cluster.</summary>
internal static class ConductorCommands
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "conductor",
        "Add, list, rotate and revoke credentials of conductors while the cluster runs.",
        "audrey conductor add shop --output shop.secret",
        "audrey conductor list")
    {
        Add(terminal), List(terminal), Rotate(terminal), Revoke(terminal),
    };

    /// <summary>Creates the option for the time for which an old secret stays valid.</summary>
    public static Option<double?> Overlap(string about)
    {
        var overlap = CommonOptions.Seconds("--overlap", $"How many seconds the old secret stays valid, at most 30 days. {about}");
        overlap.Validators.Add(result =>
        {
            if (result.Tokens is not [.., var last] || !double.TryParse(last.Value, CultureInfo.InvariantCulture, out var seconds)) return;
            if (seconds > CredentialRules.MaxOverlap.TotalSeconds) result.AddError("--overlap takes at most 30 days, 2592000 seconds.");
        });
        return overlap;
    }

    /// <summary>Checks that an argument is a key.</summary>
    public static void CheckKey(SymbolResult result)
    {
        if (result.Tokens is not [var token]) return;
        if (!ConductorKey.TryParse(token.Value, out _, out var problem)) result.AddError(problem);
    }

    private static ExampleCommand Add(Terminal terminal)
    {
        var role = new Option<string>("--role")
        {
            Description = "A viewer can read. An operator can also launch, scale, replace and delete. "
                + "An administrator can also manage credentials.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => "operator",
        };
        role.AcceptOnlyFromAmong([.. RoleNames.All]);
        var actsFor = new Option<string?>("--for")
        {
            Description = "The conductor whose deployables the credential acts on. Default: KEY.",
            HelpName = "CONDUCTOR",
        };
        actsFor.Validators.Add(CheckKey);
        var command = new ExampleCommand(
            "add",
            "Add a credential. Its secret is shown only once.",
            "audrey conductor add shop --output shop.secret",
            "audrey conductor add kim --role viewer --for shop --output kim.secret")
        {
            role, actsFor,
        };
        Issue(terminal, command, (parsed, client, key, cancellationToken) => client.Credentials.AddAsync(
            key,
            RoleNames.TryParse(parsed.GetValue(role), out var named) ? named : ConductorRole.Operator,
            parsed.GetValue(actsFor) is { } conductor ? ConductorKey.Parse(conductor) : null,
            cancellationToken));
        return command;
    }

    private static ExampleCommand Rotate(Terminal terminal)
    {
        var overlap = Overlap("Default: 0.");
        var command = new ExampleCommand(
            "rotate",
            "Give a conductor a new secret. The secret is shown only once.",
            "audrey conductor rotate shop --overlap 3600 --output shop.secret")
        {
            overlap,
        };
        Issue(terminal, command, (parsed, client, key, cancellationToken) => WithHintAsync(
            () => client.Credentials.RotateAsync(key, TimeSpan.FromSeconds(parsed.GetValue(overlap) ?? 0), cancellationToken)));
        return command;
    }

    private static ExampleCommand Revoke(Terminal terminal)
    {
        var (key, json) = (Key(), CommonOptions.Json());
        var command = new ExampleCommand(
            "revoke",
            "Revoke the credential of a conductor. Its deployables are kept.",
            "audrey conductor revoke shop")
        {
            key, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var conductor = ConductorKey.Parse(parsed.GetValue(key)!);
            await WithHintAsync(async () =>
            {
                await client.Credentials.RevokeAsync(conductor, cancellationToken);
                return true;
            });
            if (parsed.GetValue(json)) terminal.WriteJson(new RevocationOutput(conductor.Value));
            else terminal.Line($"The credential of {conductor} is revoked. Every gateway refuses this credential within five seconds.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static ExampleCommand List(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "list", "List the conductors that were added, without their secrets.", "audrey conductor list --json")
        {
            json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var conductors = await client.Credentials.ListAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new ConductorsOutput(
                    from conductor in conductors
                    select new ConductorOutput(
                        conductor.Key.Value,
                        RoleNames.NameOf(conductor.Role),
                        conductor.ActsFor.Value,
                        conductor.Created,
                        conductor.Rotated,
                        conductor.PreviousUntil)));
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
        Func<ParseResult, GatewayClient, ConductorKey, CancellationToken, Task<IssuedCredential>> issue)
    {
        var (key, json, output, connection) = (Key(), CommonOptions.Json(), SecretFile.Option(), new ConnectionArguments(terminal));
        command.Arguments.Add(key);
        command.Options.Add(output);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            // The file is checked before the secret is requested, because a secret that cannot be written would be lost.
            var file = SecretFile.Open(parsed.GetValue(output));
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var issued = await issue(parsed, client, ConductorKey.Parse(parsed.GetValue(key)!), cancellationToken);
            file?.Write(issued.Secret);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new CredentialOutput(issued.Key.Value, file is null ? issued.Secret : null, file?.Path));
            }
            else if (file is not null)
            {
                terminal.Line($"The secret of {issued.Key} is in {file.Path}. It is not shown again.");
            }
            else
            {
                terminal.Line(issued.Secret);
                terminal.Info($"This is the secret of {issued.Key}. It is not shown again.");
            }

            return ExitCode.Ok;
        });
    }

    private static Argument<string> Key()
    {
        var key = new Argument<string>("KEY") { Description = "The key that the conductor signs with." };
        key.Validators.Add(CheckKey);
        return key;
    }

    private static async Task<T> WithHintAsync<T>(Func<Task<T>> command)
    {
        try
        {
            return await command();
        }
        catch (NotFoundException missing)
        {
            throw new CommandFailure(ExitCode.NotFound, $"{missing.Message} To see the existing conductors, run: audrey conductor list");
        }
    }

    private static string Describe(ConductorSummary conductor)
    {
        var rotated = conductor.Rotated is { } time ? Text($"  rotated {time:u}") : "";
        var previous = conductor.PreviousUntil is { } until ? Text($"  the previous secret is valid until {until:u}") : "";
        var actsFor = conductor.ActsFor == conductor.Key ? "" : $" for {conductor.ActsFor}";
        return Text($"{conductor.Key}  {RoleNames.NameOf(conductor.Role)}{actsFor}  added {conductor.Created:u}") + rotated + previous;

        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }
}
