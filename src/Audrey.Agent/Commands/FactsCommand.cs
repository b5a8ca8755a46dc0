using System.CommandLine;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;
using Audrey.Agent.Facts.Readers;
using Audrey.Agent.Files;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.State;
using Audrey.Core.Text;

namespace Audrey.Agent.Commands;

/// <summary>The command <c>facts</c>: prints what the guest knows of its machine, or compares the values of one fact.</summary>
internal static class FactsCommand
{
    public static Command Create(TimeProvider time, IAgentLog log)
    {
        var name = new Argument<string?>("name")
        {
            Description = "A class, or a property of a class as CLASS.PROPERTY. By default all classes are printed.",
            HelpName = "CLASS[.PROPERTY]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verify = CommandOptions.Text(
            "--verify", "PROPERTY", "Compare the configured, the observed and the last reported value of a property, such as sshd-port.");
        var json = CommandOptions.Flag("--json", "Print JSON.");
        var state = CommandOptions.State();
        var folder = CommandOptions.Text("--facts", "DIR", $"A directory of facts (default {FactDirectory.DefaultFolder}).");
        var command = new Command("facts", "Print what the guest knows of this machine.") { name, verify, json, state, folder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is not null && result.GetValue(verify) is not null)
                result.AddError("--verify cannot be used together with the name of a class.");
        });
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            async () =>
            {
                using var stop = new StopSignals(null, time, cancellationToken);
                var scratch = Directory.CreateTempSubdirectory("audrey-facts-").FullName;
                try
                {
                    var directory = StateDirectory.At(parsed.GetValue(state)!);
                    var readers = FactReaders.Create(
                        directory, StateDirectory.At(scratch), parsed.GetValue(folder) ?? FactDirectory.DefaultFolder, time, log);
                    var output = new FactsOutput(parsed.InvocationConfiguration.Output, log, parsed.GetValue(json));
                    var facts = new MachineFacts(readers, time);
                    return parsed.GetValue(verify) is { } property
                        ? await VerifyAsync(facts, new JournalView(directory), property, output, stop.Token)
                        : await PrintAsync(facts, parsed.GetValue(name), output, stop.Token);
                }
                catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
                {
                    throw new AgentException(AgentExitCode.NotKnown, "The command was stopped before the facts were read.");
                }
                finally
                {
                    TreeRemoval.Delete(scratch);
                }
            },
            log));
        return command;
    }

    private static async Task<AgentExitCode> PrintAsync(
        MachineFacts facts, string? name, FactsOutput output, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            output.Write(await facts.ReadAsync(null, cancellationToken));
            return AgentExitCode.Success;
        }

        var (className, property) = name.Split('.', 2) is [var first, var second] ? (first, second) : (name, null);
        var type = facts.Classes.FirstOrDefault(type => type.Name == className)
            ?? throw Unknown($"There is no class {className}", className, facts.Classes.Select(type => type.Name));
        if (property is not null && type.Find(property) is null)
            throw Unknown($"{className} has no property {property}", property, type.Properties.Select(known => known.Name));
        var report = (await facts.ReadAsync(className, cancellationToken)).Single();
        if (property is null || report is { Reason: not null, Readings.Count: 0 })
        {
            output.Write([report]);
            return report.Reason is null ? AgentExitCode.Success : AgentExitCode.NotKnown;
        }

        if (!report.Readings.TryGetValue(property, out var reading))
            throw Unknown($"{className} has no property {property} on this machine", property, report.Readings.Keys);
        output.Write(report, property);
        return reading.Value is null ? AgentExitCode.NotKnown : AgentExitCode.Success;
    }

    private static async Task<AgentExitCode> VerifyAsync(
        MachineFacts facts, JournalView journal, string name, FactsOutput output, CancellationToken cancellationToken)
    {
        var candidates = facts.Classes
            .SelectMany(type => type.Properties.Where(property => property.Observed is not null).Select(property => (type, property)))
            .ToArray();
        if (candidates.FirstOrDefault(candidate => candidate.property.Name == name) is not ({ } type, { } property))
        {
            var known = candidates.Select(candidate => candidate.property.Name).ToArray();
            throw Unknown($"{name} cannot be verified. The properties with an observed value are {string.Join(", ", known)}", name, known);
        }

        var readings = (await facts.ReadAsync(type.Name, cancellationToken)).Single().Readings;
        var (configured, observed, reported) = (readings[name], readings[property.Observed!], journal.FindReported(name));
        var verification = FactVerification.Compare(configured, observed, reported);
        output.Write(name, verification, [("configured", configured), ("observed", observed), ("reported", reported)]);
        return verification.Verdict switch
        {
            FactVerdict.Equal => AgentExitCode.Success,
            FactVerdict.Different => AgentExitCode.Different,
            _ => AgentExitCode.NotKnown,
        };
    }

    private static AgentException Unknown(string problem, string name, IEnumerable<string> known) => new(
        AgentExitCode.Usage, NearestName.Find(name, known) is { } nearest ? $"{problem}. Did you mean {nearest}?" : $"{problem}.");
}
