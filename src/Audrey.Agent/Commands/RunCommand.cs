using System.CommandLine;
using Audrey.Agent.Running;
using Audrey.Agent.State;

namespace Audrey.Agent.Commands;

/// <summary>Configures this instance.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider time)
    {
        var userData = new UserDataOptions();
        var state = CommandOptions.State();
        var facts = new Option<string?>("--facts") { Description = "A directory of facts: executables, and .txt files with lines of name=value.", HelpName = "DIR" };
        var modules = new Option<string[]>("--modules") { Description = "A directory of puppet modules, before the usual ones; may be given again.", HelpName = "DIR" };
        var caBundle = new Option<string?>("--ca-bundle") { Description = "Certificates in PEM to trust instead of the system's.", HelpName = "FILE" };
        var once = new Option<bool>("--once") { Description = "Do what can be done now, and leave." };
        var again = new Option<bool>("--again") { Description = "Run services again that failed before." };
        var deadline = CommandOptions.Seconds("--deadline", "Give up after so long; without it the run goes on until it is complete.");
        var poll = CommandOptions.Seconds("--poll", "How long to wait before asking again for what is not complete (default 5).");
        var limit = CommandOptions.Seconds("--service-limit", "How long a service may take (default 3600).");
        var command = new Command("run", "Phone home, give the values asked for, configure the services, report.")
        {
            state, facts, modules, caBundle, once, again, deadline, poll, limit,
        };
        userData.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var defaults = new RunOptions();
            var options = defaults with
            {
                Once = parsed.GetValue(once),
                Again = parsed.GetValue(again),
                PollInterval = CommandOptions.Duration(parsed.GetValue(poll)) ?? defaults.PollInterval,
                ServiceLimit = CommandOptions.Duration(parsed.GetValue(limit)) ?? defaults.ServiceLimit,
                Server = defaults.Server with { CaBundle = parsed.GetValue(caBundle) },
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
