using System.CommandLine;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Running;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.State;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Commands;

/// <summary>The command <c>run</c>: configures this instance.</summary>
internal static class RunCommand
{
    private const string GoOn = "go-on";
    private const string Hold = "stop";

    public static Command Create(TimeProvider time, IAgentLog log)
    {
        var userData = new UserDataOptions();
        var state = CommandOptions.State();
        var facts = CommandOptions.Text(
            "--facts", "DIR", "A directory of facts: executables, and .txt files with lines of name=value.");
        var modules = new Option<string[]>("--modules")
        {
            Description = "A directory of Puppet modules that is searched before the usual directories. Can be repeated.",
            HelpName = "DIR",
        };
        var caBundle = CommandOptions.CaBundle();
        var once = CommandOptions.Flag("--once", "Do what can be done now, then exit.");
        var again = CommandOptions.Flag("--again", "Run the services that failed in an earlier run again.");
        var stay = CommandOptions.Flag(
            "--stay",
            "Do not exit when all services have ended. Run a service again when its configuration changes. By default, the deployable's "
                + "document says it.");
        var noStay = CommandOptions.Flag("--no-stay", "Exit when all services have ended, whatever the deployable's document says.");
        var onFailed = CommandOptions.Text(
            "--on-failed",
            "WHAT",
            $"The treatment of a service if a service that it waited for has failed: {GoOn} runs it, {Hold} does not. By default, the "
                + "deployable's document says it.");
        onFailed.AcceptOnlyFromAmong(GoOn, Hold);
        var protocol = new Option<int?>("--protocol") { Description = "The only protocol version to use: 2 or 3.", HelpName = "VERSION" };
        protocol.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("2" or "3") }]) result.AddError("--protocol must be 2 or 3.");
        });
        var basic = CommandOptions.Flag(
            "--basic-without-tls", "Allow version 3 over plain http to another machine. Version 3 sends the secret with each request.");
        var deadline = CommandOptions.Seconds("--deadline", "Stop the run after this time. By default it continues until all is done.");
        var poll = CommandOptions.Seconds("--poll", "How long to wait between requests for an incomplete configuration (default 5).");
        var serviceLimit = CommandOptions.Seconds("--service-limit", "How long a service may run (default 3600).");
        var command = new Command("run", "Give values to the config server, run the services, and report their results.")
        {
            state, facts, modules, caBundle, once, again, stay, noStay, onFailed, protocol, basic, deadline, poll, serviceLimit,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && result.GetValue(stay)) result.AddError("--once and --stay cannot be used together.");
            if (result.GetValue(noStay) && result.GetValue(stay)) result.AddError("--stay and --no-stay cannot be used together.");
        });
        userData.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var defaults = new RunOptions();
            var options = defaults with
            {
                Once = parsed.GetValue(once),
                RetryFailed = parsed.GetValue(again),
                Stay = parsed.GetValue(stay) ? true : parsed.GetValue(noStay) ? false : null,
                HoldOnFailure = parsed.GetValue(onFailed) is { } treatment ? treatment == Hold : null,
                FactFolder = parsed.GetValue(facts),
                PollInterval = CommandOptions.Duration(parsed.GetValue(poll)) ?? defaults.PollInterval,
                MaxServiceTime = CommandOptions.Duration(parsed.GetValue(serviceLimit)) ?? defaults.MaxServiceTime,
                Server = defaults.Server with
                {
                    CaBundle = CommandOptions.FindCaBundle(parsed, caBundle),
                    Version = parsed.GetValue(protocol),
                    BasicWithoutTls = parsed.GetValue(basic),
                },
                Puppet = defaults.Puppet with { ModulePath = [.. parsed.GetValue(modules) ?? [], .. defaults.Puppet.ModulePath] },
            };
            return CommandRunner.RunAsync(
                async () =>
                {
                    UserAccount.ResetFileMask();
                    ResourceLimits.Reset();
                    ProcessFamily.AdoptOrphans();
                    var directory = StateDirectory.Open(parsed.GetValue(state)!);
                    using var only = RunLock.Take(directory);
                    using var stop = new StopSignals(CommandOptions.Duration(parsed.GetValue(deadline)), time, cancellationToken);
                    var status = new RunStatusFile(directory, time, log);
                    var run = new RunContext(directory, status, options, time, new ClockPause(time), log)
                    {
                        KeepOutput = () => OutputKeeper.Start(directory.Path),
                    };
                    return await new InstanceRun(run).RunAsync(userData.Read(parsed), stop.Token);
                },
                log);
        });
        return command;
    }
}
