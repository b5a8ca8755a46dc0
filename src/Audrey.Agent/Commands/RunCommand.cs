using System.CommandLine;
using Audrey.Agent.Running;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>Configures this instance.</summary>
internal static class RunCommand
{
    private const string GoOn = "go-on";
    private const string StopThere = "stop";

    public static Command Create(TimeProvider time)
    {
        var userData = new UserDataOptions();
        var state = CommandOptions.State();
        var facts = new Option<string?>("--facts") { Description = "A directory of facts: executables, and .txt files with lines of name=value.", HelpName = "DIR" };
        var modules = new Option<string[]>("--modules") { Description = "A directory of puppet modules, before the usual ones; may be given again.", HelpName = "DIR" };
        var caBundle = new Option<string?>("--ca-bundle") { Description = "Certificates in PEM to trust instead of the system's.", HelpName = "FILE" };
        var once = new Option<bool>("--once") { Description = "Do what can be done now, and leave." };
        var again = new Option<bool>("--again") { Description = "Run services again that failed before." };
        var stay = new Option<bool>("--stay") { Description = "Stay when all has ended, and run services again whose configuration changes." };
        var onFailed = new Option<string>("--on-failed") { Description = $"What becomes of a service when one that it waited for has failed: {GoOn} (default) or {StopThere}.", HelpName = "WHAT" };
        onFailed.AcceptOnlyFromAmong(GoOn, StopThere);
        var protocol = new Option<int?>("--protocol") { Description = "Speak this version of the protocol only: 2 or 3.", HelpName = "VERSION" };
        protocol.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("2" or "3") }]) result.AddError("--protocol needs 2 or 3.");
        });
        var basic = new Option<bool>("--basic-without-tls") { Description = "Let the secret go over plain http to another machine, as version 3 needs it there." };
        var deadline = CommandOptions.Seconds("--deadline", "Give up after so long; without it the run goes on until it is complete.");
        var poll = CommandOptions.Seconds("--poll", "How long to wait before asking again for what is not complete (default 5).");
        var limit = CommandOptions.Seconds("--service-limit", "How long a service may take (default 3600).");
        var command = new Command("run", "Phone home, give the values asked for, configure the services, report.")
        {
            state, facts, modules, caBundle, once, again, stay, onFailed, protocol, basic, deadline, poll, limit,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && result.GetValue(stay)) result.AddError("--once and --stay exclude one another.");
        });
        userData.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var defaults = new RunOptions();
            var options = defaults with
            {
                Once = parsed.GetValue(once),
                Again = parsed.GetValue(again),
                Stay = parsed.GetValue(stay),
                StopOnFailed = parsed.GetValue(onFailed) == StopThere,
                PollInterval = CommandOptions.Duration(parsed.GetValue(poll)) ?? defaults.PollInterval,
                ServiceLimit = CommandOptions.Duration(parsed.GetValue(limit)) ?? defaults.ServiceLimit,
                Server = defaults.Server with { CaBundle = parsed.GetValue(caBundle), Version = parsed.GetValue(protocol), BasicWithoutTls = parsed.GetValue(basic) },
                Puppet = defaults.Puppet with { ModulePath = [.. parsed.GetValue(modules) ?? [], .. defaults.Puppet.ModulePath] },
            };
            return Outcome.OfAsync(async () =>
            {
                var directory = StateDirectory.Open(parsed.GetValue(state)!);
                using var only = RunLock.Take(directory);
                using var stop = Stop.On(CommandOptions.Duration(parsed.GetValue(deadline)), time, cancellationToken);
                var pause = new ClockPause(time);
                return await new InstanceRun(directory, parsed.GetValue(facts), options, time, pause, Log.Write)
                    .RunAsync(userData.Finder(parsed, directory, options, time, pause), stop.Token);
            });
        });
        return command;
    }
}
