using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Commands;
using Audrey.Cli.Connection;
using Audrey.Cli.Plan;
using Audrey.Cli.Terminals;
using Audrey.Client;
using Audrey.Core.Ids;

namespace Audrey.Cli.Conductors;

/// <summary>The credentials that conductors sign HTTP requests with, beside those that the servers' settings give.</summary>
internal static class ConductorCommand
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "conductor",
        "Add, list, rotate and revoke conductors' credentials while the cluster runs.",
        "audrey conductor add shop --output shop.secret --server 10.0.0.5:30000",
        "audrey conductor list --server 10.0.0.5:30000")
    {
        Add(terminal), List(terminal), Rotate(terminal), Revoke(terminal),
    };

    private static ExampleCommand Add(Terminal terminal)
    {
        var (key, json, output, connection) = (Key(), CommonOptions.Json(), Output(), new ConnectionArguments(terminal));
        var command = new ExampleCommand(
            "add", "Make a credential. Its secret is told this once only.", "audrey conductor add shop --output shop.secret --server 10.0.0.5:30000")
        {
            key, output, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var file = SecretFile.Open(parsed.GetValue(output));
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            Tell(terminal, await client.Conductors.AddAsync(ConductorKey.Parse(parsed.GetValue(key)!), cancellationToken), file, parsed.GetValue(json));
            return ExitCode.Ok;
        });
        return command;
    }

    private static ExampleCommand Rotate(Terminal terminal)
    {
        var (key, json, output, connection) = (Key(), CommonOptions.Json(), Output(), new ConnectionArguments(terminal));
        var overlap = CommonOptions.Seconds("--overlap", "How long the old secret is valid still, at most 30 days. Default: not at all.");
        overlap.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && double.TryParse(last.Value, CultureInfo.InvariantCulture, out var seconds) && seconds > ConductorCredentials.MaxOverlap.TotalSeconds)
                result.AddError("--overlap takes at most 30 days, 2592000 seconds.");
        });
        var command = new ExampleCommand(
            "rotate", "Give a conductor a new secret, which is told this once only.", "audrey conductor rotate shop --overlap 3600 --output shop.secret --server 10.0.0.5:30000")
        {
            key, overlap, output, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var file = SecretFile.Open(parsed.GetValue(output));
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var bound = TimeSpan.FromSeconds(parsed.GetValue(overlap) ?? 0);
            Tell(terminal, await Known(() => client.Conductors.RotateAsync(ConductorKey.Parse(parsed.GetValue(key)!), bound, cancellationToken)), file, parsed.GetValue(json));
            return ExitCode.Ok;
        });
        return command;
    }

    private static ExampleCommand Revoke(Terminal terminal)
    {
        var (key, json, connection) = (Key(), CommonOptions.Json(), new ConnectionArguments(terminal));
        var command = new ExampleCommand(
            "revoke", "Take a conductor's credential away. Its deployables stay.", "audrey conductor revoke shop --server 10.0.0.5:30000")
        {
            key, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var conductor = ConductorKey.Parse(parsed.GetValue(key)!);
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            await Known(async () =>
            {
                await client.Conductors.RevokeAsync(conductor, cancellationToken);
                return true;
            });
            if (parsed.GetValue(json)) terminal.WriteJson(new { revoked = conductor.Value });
            else terminal.Line($"{conductor} has no credential any more; every gateway knows it in five seconds at most.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static ExampleCommand List(Terminal terminal)
    {
        var (json, connection) = (CommonOptions.Json(), new ConnectionArguments(terminal));
        var command = new ExampleCommand(
            "list", "List the conductors that were added, never their secrets.", "audrey conductor list --json --server 10.0.0.5:30000")
        {
            json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var all = await client.Conductors.ListAsync(cancellationToken);
            if (parsed.GetValue(json))
                terminal.WriteJson(new { conductors = all.Select(one => new { key = one.Key.Value, created = one.Created, rotated = one.Rotated, previousUntil = one.PreviousUntil }) });
            else
                foreach (var one in all) terminal.Line(Describe(one));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Argument<string> Key()
    {
        var key = new Argument<string>("KEY") { Description = "What the conductor signs under." };
        key.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !ConductorKey.TryParse(result.GetValueOrDefault<string>(), out _, out var problem)) result.AddError(problem);
        });
        return key;
    }

    private static Option<string?> Output() => new("--output", "-o")
    {
        Description = "File that gets the secret, readable by you alone; it must not exist yet. Without it the secret is printed.",
        HelpName = "FILE",
    };

    /// <summary>Tells a secret once: to a file, or as the one line of the output.</summary>
    private static void Tell(Terminal terminal, IssuedCredential issued, SecretFile? file, bool json)
    {
        file?.Write(issued.Secret);
        if (json) terminal.WriteJson(new { conductor = issued.Key.Value, secret = file is null ? issued.Secret : null, file = file?.Path });
        else if (file is not null) terminal.Line($"The secret of {issued.Key} is in {file.Path}; it is told to nobody again.");
        else
        {
            terminal.Line(issued.Secret);
            terminal.Note($"This is the secret of {issued.Key}. It is told to nobody again.");
        }
    }

    private static async Task<T> Known<T>(Func<Task<T>> command)
    {
        try
        {
            return await command();
        }
        catch (NotFoundException missing)
        {
            throw new CommandFailure(ExitCode.NotFound, $"{missing.Message} See what there is with: audrey conductor list");
        }
    }

    private static string Describe(ConductorSummary one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Key}  added {one.Created:u}{(one.Rotated is { } rotated ? $"  rotated {rotated:u}" : "")}{(one.PreviousUntil is { } until ? $"  the secret before is valid until {until:u}" : "")}");
}
