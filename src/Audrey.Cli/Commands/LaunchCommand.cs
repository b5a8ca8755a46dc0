using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Launching;
using Audrey.Cli.Launching.Local;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;

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
            Description = "Directory for the plan and the user data. Run an interrupted launch again with the same directory to "
                + "continue it. Default: NAME-launch.",
            HelpName = "DIR",
        };
        var form = new Option<string>("--user-data")
        {
            Description = "Form of the user data: user-data (1|endpoint|key|secret, plain and in base64), cloud-config or nocloud.",
            DefaultValueFactory = _ => "user-data",
            HelpName = "FORM",
        };
        form.AcceptOnlyFromAmong("user-data", "cloud-config", "nocloud");
        var anew = new Option<bool>("--new") { Description = "Forget an earlier launch in the directory and launch another deployable." };
        var local = new Option<bool>("--local")
        {
            Description = "Start a server on this machine and boot each instance as a process in its own directory.",
        };
        var keep = new Option<bool>("--keep") { Description = "With --local: keep the directory with the files of the instances." };
        var showOutput = new Option<bool>("--show-output")
        {
            Description = "With --local: print the output of the services. It may contain secrets.",
        };
        var limit = CommonOptions.Seconds(
            "--for",
            "With --local: how long it may take until everything is configured. Default: the document's deadline, else 300.");
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "launch",
            "Register a deployable, all or nothing, and write the user data that its machines boot with. Running it again after an "
                + "interruption ends in the same deployable.",
            "audrey launch docs/examples/wordpress.xml --local",
            "audrey launch shop.xml --server 10.0.0.5:30000 --endpoint http://10.0.0.5:4567 --output shop/",
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
                var seconds = parsed.GetValue(limit) ?? document.Deadline?.TotalSeconds ?? LocalLaunch.DefaultLimitSeconds;
                var how = new LocalLaunchOptions(
                    parsed.GetValue(json),
                    parsed.GetValue(keep),
                    parsed.GetValue(showOutput),
                    TimeSpan.FromSeconds(seconds));
                return await new LocalLaunch(terminal, how).RunAsync(document, options, cancellationToken);
            }

            if (options.Endpoint is null)
                throw new CommandFailure(
                    ExitCode.Usage,
                    "Guests must know where the config server is: give --endpoint http://HOST:PORT (or AUDREY_ENDPOINT), or try it all "
                        + "out with --local.");
            var request = new LaunchArguments(
                document,
                options,
                parsed.GetValue(output) ?? LaunchArguments.DirectoryFor(document.Name),
                UserDataOutput.FormOf(parsed.GetValue(form)!) ?? UserDataForm.Text,
                parsed.GetValue(anew));
            var registration = new LaunchRegistration(terminal, parsed.GetValue(json));
            return await registration.RunAsync(
                request,
                async () => await connection.ConnectAsync(parsed, cancellationToken),
                cancellationToken);
        });
        return command;
    }
}
