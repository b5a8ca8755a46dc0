using System.CommandLine;
using System.CommandLine.Completions;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Commands;

/// <summary>The commands that list, choose and remove profiles.</summary>
internal static class ProfileCommands
{
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "profile",
        "List, choose and remove profiles: servers with a conductor's credential. audrey login makes them.",
        "audrey profile list",
        "audrey profile use shop")
    {
        List(terminal), Use(terminal), Remove(terminal),
    };

    private static ExampleCommand List(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand("list", "List the profiles. A star marks the one in use.", "audrey profile list --json") { json };
        command.SetAction(terminal, (parsed, _) =>
        {
            var profiles = ProfileFile.OfUser(terminal.Environment).Read();
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(profiles);
                return Task.FromResult(ExitCode.Ok);
            }

            foreach (var profile in profiles.Profiles)
            {
                var mark = profile.Name == profiles.Current ? '*' : ' ';
                terminal.Line($"{mark} {profile.Name}  {profile.Url}  conductor {profile.Key}  secret in {profile.SecretPlace}");
            }

            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static ExampleCommand Use(Terminal terminal) => WithName(
        terminal,
        "use",
        "Choose the profile of the commands without --profile. The name local chooses the server on this machine.",
        (profiles, chosen) =>
        {
            profiles.Change(set => chosen == Profile.Local || set.Find(chosen) is not null
                ? set with { Current = chosen }
                : throw new ProfileSelection(terminal.Environment).NotFound(chosen, set));
            return $"Profile {chosen} is in use.";
        });

    private static ExampleCommand Remove(Terminal terminal) => WithName(
        terminal,
        "remove",
        "Remove a profile, and its secret if login stored it. The credential stays valid: see audrey conductor revoke.",
        (profiles, removed) =>
        {
            profiles.Change(set => set.Find(removed) is not null
                ? set.Without(removed)
                : throw new ProfileSelection(terminal.Environment).NotFound(removed, set));
            profiles.ForgetSecret(removed);
            return $"Profile {removed} is removed.";
        });

    /// <summary>Creates a command that changes one profile and prints what it did.</summary>
    private static ExampleCommand WithName(Terminal terminal, string verb, string summary, Func<ProfileFile, string, string> change)
    {
        var name = new Argument<string>("NAME") { Description = "The name of the profile." };
        name.CompletionSources.Add(_ => ProfileFile.OfUser(terminal.Environment).Names().Select(known => new CompletionItem(known)));
        var command = new ExampleCommand(verb, summary, $"audrey profile {verb} shop") { name };
        command.SetAction(terminal, (parsed, _) =>
        {
            terminal.Line(change(ProfileFile.OfUser(terminal.Environment), parsed.GetValue(name)!));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
