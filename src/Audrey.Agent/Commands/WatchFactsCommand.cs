using System.CommandLine;
using System.CommandLine.Parsing;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Running;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Audrey.Bus.Connections;

namespace Audrey.Agent.Commands;

/// <summary>
/// The command <c>watch</c>: prints what the guest knows of its machine, and then each change, or sends it to a bus, until it is stopped.
/// </summary>
internal static class WatchFactsCommand
{
    public static Command Create(TimeProvider time, IAgentLog log)
    {
        var userData = new UserDataOptions();
        var json = CommandOptions.Flag("--json", "Print one line of JSON for each change.");
        var quiet = CommandOptions.Flag("--quiet", "Print no changes. Used with --bus.");
        var bus = new Option<Uri?>("--bus")
        {
            Description = "Send the facts to the message bus at this URL: amqps://HOST[:PORT], or amqp:// on the same machine. Without a "
                + "URL, to the bus that the server names.",
            HelpName = "URL",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParseUrl,
        };
        var profile = CommandOptions.Text(
            "--bus-profile", "NAME", "How the broker addresses exchanges: audrey (default), rabbitmq or qpidd.");
        profile.AcceptOnlyFromAmong("audrey", "rabbitmq", "qpidd");
        var caBundle = CommandOptions.CaBundle();
        var state = CommandOptions.State();
        var folder = CommandOptions.Text("--facts", "DIR", $"A directory of facts (default {FactDirectory.DefaultFolder}).");
        var command = new Command("watch", "Print what the guest knows of this machine, and then each change.")
        {
            json, quiet, bus, profile, caBundle, state, folder,
        };
        userData.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(quiet) && result.GetResult(bus) is null) result.AddError("--quiet needs --bus.");
            if (result.GetValue(quiet) && result.GetValue(json)) result.AddError("--quiet and --json cannot be used together.");
        });
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            async () =>
            {
                using var stop = new StopSignals(null, time, cancellationToken);
                var scratch = Directory.CreateTempSubdirectory("audrey-watch-").FullName;
                try
                {
                    var temporary = StateDirectory.At(scratch);
                    var defaults = new RunOptions();
                    var server = defaults.Server with { CaBundle = CommandOptions.FindCaBundle(parsed, caBundle) };
                    var status = new RunStatusFile(temporary, time, log);
                    var run = new RunContext(temporary, status, defaults with { Server = server }, time, new ClockPause(time), log);
                    var output = new WatchOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                    var facts = Path.GetFullPath(parsed.GetValue(folder) ?? FactDirectory.DefaultFolder);
                    var request = new BusRequest(
                        parsed.GetValue(bus), BusProfile.Find(parsed.GetValue(profile) ?? "audrey"), userData.Read(parsed));
                    await new WatchRun(run, StateDirectory.At(parsed.GetValue(state)!), facts).RunAsync(
                        parsed.GetValue(quiet) ? null : output, parsed.GetResult(bus) is null ? null : request, stop.Token);
                }
                catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
                {
                    // The watch has no other end.
                }
                finally
                {
                    TreeRemoval.Delete(scratch);
                }

                return AgentExitCode.Success;
            },
            log));
        return command;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (result.Tokens.Count == 0) return null;
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "amqp" or "amqps") return url;
        result.AddError("--bus must be a URL such as amqps://config.example.com.");
        return null;
    }
}
