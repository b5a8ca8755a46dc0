using System.CommandLine;
using System.Runtime.InteropServices;
using Audrey.Agent.Engines;
using Audrey.Agent.Facts;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Processes;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.UserData;

namespace Audrey.Agent.Commands;

/// <summary>Configures this instance.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider time)
    {
        var userData = new Option<string>("--user-data") { Description = "The file with the user data.", Required = true, HelpName = "FILE" };
        var state = CommandOptions.State();
        var facts = new Option<string?>("--facts") { Description = "A directory of facts: executables, and .txt files with lines of name=value.", HelpName = "DIR" };
        var caBundle = new Option<string?>("--ca-bundle") { Description = "Certificates in PEM to trust instead of the system's.", HelpName = "FILE" };
        var once = new Option<bool>("--once") { Description = "Do what can be done now, and leave." };
        var again = new Option<bool>("--again") { Description = "Run services again that failed before." };
        var deadline = CommandOptions.Seconds("--deadline", "Give up after so long; without it the run goes on until it is complete.");
        var poll = CommandOptions.Seconds("--poll", "How long to wait before asking again for what is not complete (default 5).");
        var limit = CommandOptions.Seconds("--service-limit", "How long a service may take (default 3600).");
        var command = new Command("run", "Phone home, give the values asked for, configure the services, report.")
        {
            userData, state, facts, caBundle, once, again, deadline, poll, limit,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var defaults = new RunOptions();
            var options = defaults with
            {
                Once = parsed.GetValue(once),
                Again = parsed.GetValue(again),
                Deadline = CommandOptions.Duration(parsed.GetValue(deadline)),
                PollInterval = CommandOptions.Duration(parsed.GetValue(poll)) ?? defaults.PollInterval,
                ServiceLimit = CommandOptions.Duration(parsed.GetValue(limit)) ?? defaults.ServiceLimit,
                Server = defaults.Server with { CaBundle = parsed.GetValue(caBundle) },
            };
            return Outcome.OfAsync(() => RunAsync(
                parsed.GetValue(userData)!, parsed.GetValue(state)!, parsed.GetValue(facts), options, time, cancellationToken));
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        string userData, string statePath, string? facts, RunOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var access = UserDataFile.Read(userData);
        var state = StateDirectory.Open(statePath);
        using var only = RunLock.Take(state);
        using var stop = Stop.On(options.Deadline, time, cancellationToken);
        return await InstanceRun.RunAsync(access, state, facts, options, time, Log.Write, stop.Token);
    }
}
