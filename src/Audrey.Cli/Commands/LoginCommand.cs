using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Commands;

/// <summary>Makes a profile. It is stored after the server has accepted its credential.</summary>
internal static class LoginCommand
{
    public static Command Create(Terminal terminal)
    {
        var (arguments, connection) = (new LoginArguments(), new ConnectionArguments(terminal));
        var command = new ExampleCommand(
            "login",
            "Make a profile, check its credential with the server, and use it. If no place of the secret is given, the "
                + "secret is asked for, or read from the standard input, and stored in a file that only you can read. "
                + "Run the command again to change a part of a profile.",
            "audrey login shop --url https://config.example.com:4567 --key shop",
            "audrey login shop --url https://10.0.0.5:4567 --ca ca.pem --key shop --secret-command 'pass show audrey/shop'",
            "audrey login here --url http://127.0.0.1:5000 --secret-file /var/lib/audrey/conductor.json");
        arguments.AddTo(command);
        connection.AddTimeoutTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var profiles = ProfileFile.OfUser(terminal.Environment);
            var (profile, isTyped) = arguments.Read(parsed, profiles);
            var typed = isTyped ? terminal.ReadSecret($"Secret of conductor {profile.Key}: ") : null;
            if (typed is "") throw new CommandFailure(ExitCode.Usage, "The secret is empty.");
            using var client = typed is null
                ? await connection.ConnectAsync(profile, parsed, cancellationToken)
                : connection.Connect(profile, typed, parsed);
            await client.CheckAsync(cancellationToken);
            if (typed is not null) profiles.StoreSecret(profile.Name, typed);
            profiles.Change(set => set.With(profile) with { Current = profile.Name });
            if (typed is null) profiles.ForgetSecret(profile.Name);
            terminal.Line($"{profile.Url} accepts the credential of conductor {profile.Key}.");
            terminal.Line($"Profile {profile.Name} is in use. Its secret is in {profile.SecretPlace}.");
            return ExitCode.Ok;
        });
        return command;
    }
}
