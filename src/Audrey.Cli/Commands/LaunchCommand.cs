using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Launching;
using Audrey.Cli.Launching.Local;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Planning;

namespace Audrey.Cli.Commands;

/// <summary>Registers a deployable and writes the user data of its machines, or boots it on this machine.</summary>
internal static class LaunchCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = DocumentArguments.Files();
        var planning = new PlanningArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The directory for the plan and the user data. Run an interrupted launch again with the same directory to "
                + "continue it. Default: NAME-launch.",
            HelpName = "DIR",
        };
        var form = new Option<string>("--user-data")
        {
            Description = "The form of the user data: user-data (1|endpoint|key|secret, plain and in base64), cloud-config or nocloud.",
            DefaultValueFactory = _ => "user-data",
            HelpName = "FORM",
        };
        form.AcceptOnlyFromAmong("user-data", "cloud-config", "nocloud");
        var anew = new Option<bool>("--new") { Description = "Move the files of an earlier launch aside, and launch another deployable." };
        var local = new Option<bool>("--local")
        {
            Description = "Start a server on this machine and boot each instance as a process in its own directory.",
        };
        var keep = new Option<bool>("--keep") { Description = "With --local: keep the directory with the files of the instances." };
        var showOutput = new Option<bool>("--show-output")
        {
            Description = "With --local: print the output of the services, which may contain secrets.",
        };
        var limit = CommonOptions.Seconds(
            "--for",
            "With --local: the maximum time until everything is configured. Default: the document's deadline, or 300 seconds.");
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "launch",
            "Register a deployable, all or nothing, and write the user data that its machines boot with. Run the command again to "
                + "continue an interrupted launch of the same deployable.",
            "audrey launch docs/examples/wordpress.xml --local",
            "audrey launch shop.xml --endpoint http://10.0.0.5:4567 --output shop/",
            "audrey launch shop.yaml --values secrets.txt --user-data nocloud --output shop/")
        {
            files, output, form, anew, local, keep, showOutput, limit, json,
        };
        planning.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var document = DocumentArguments.ReadValid(parsed.GetValue(files)!, terminal);
            var options = planning.Read(parsed, new RandomIdentities());
            if (parsed.GetValue(local))
            {
                if (options.Setup != new MachineSetup())
                    throw new CommandFailure(
                        ExitCode.Usage, "--local boots no machines, so it cannot be used with options for a cloud-config.");
                var seconds = parsed.GetValue(limit) ?? document.Deadline?.TotalSeconds ?? LocalLaunch.DefaultLimitSeconds;
                var how = new LocalLaunchOptions(
                    parsed.GetValue(json),
                    parsed.GetValue(keep),
                    parsed.GetValue(showOutput),
                    TimeSpan.FromSeconds(seconds));
                return await new LocalLaunch(terminal, how).RunAsync(document, options, cancellationToken);
            }

            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var userData = UserDataOutput.FormOf(parsed.GetValue(form)!) ?? UserDataForm.Text;
            var request = new LaunchArguments(
                document,
                options with { Endpoint = options.Endpoint ?? client.Url },
                parsed.GetValue(output) ?? LaunchArguments.DirectoryFor(document.Name),
                userData,
                parsed.GetValue(anew),
                options.Endpoint is null ? planning.DefaultCa(parsed, client, userData) : null,
                planning.TakesStoredCa(parsed));
            return await new LaunchRegistration(terminal, parsed.GetValue(json)).RunAsync(request, client, cancellationToken);
        });
        return command;
    }
}
