using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>Changes the size of a group.</summary>
internal static class ScaleCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var assembly = new Argument<string>("ASSEMBLY") { Description = "The group's assembly.", HelpName = "ASSEMBLY" };
        assembly.CompletionSources.Add(new NameSuggestions(terminal).Assemblies);
        var count = new Argument<int>("COUNT") { Description = "The number of instances that the group will have, from 0." };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 0)
                result.AddError("COUNT must be at least 0.");
        });
        var deadline = CommonOptions.Seconds("--deadline", "The time within which the new instances should be complete.");
        var (notice, json) = (new NoticeOption(terminal), CommonOptions.Json());
        var newcomers = new NewcomerArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "scale",
            "Change the size of a group by adding or removing the instances with the highest ordinals.",
            "audrey scale farm-1 web 5 --output farm-launch")
        {
            id, assembly, count, deadline, json,
        };
        notice.AddTo(command);
        newcomers.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            using var written = newcomers.Read(parsed, client);
            written.CheckDeployable(deployable);
            var group = parsed.GetValue(assembly)!;
            var result = await WithAssembliesAsync(
                client,
                deployable,
                group,
                () => client.Groups.ScaleAsync(
                    deployable, group, parsed.GetValue(count), parsed.GetValue(deadline), notice.Read(parsed, group), cancellationToken),
                cancellationToken);
            var added = new List<AddedOutput>();
            foreach (var instance in result.Added)
            {
                var directory = written.Write(deployable, instance.Id, instance.Secret, instance.Assembly, instance.Label);
                added.Add(new(instance.Id.Value, instance.Label, instance.Ordinal, directory));
            }

            written.Remove(result.Removed);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new ScalingOutput(
                    added, result.Removed.Select(instance => instance.Value), result.RemovedLabels));
                return ExitCode.Ok;
            }

            foreach (var (uuid, label, _, directory) in added)
                terminal.Line($"{label} ({uuid}) was added: boot a machine with the user data in {directory}/");

            foreach (var (instance, label) in result.Removed.Zip(result.RemovedLabels))
                terminal.Line($"{label} ({instance}) was removed: shut down its machine");
            if (added.Count == 0 && result.Removed.IsEmpty)
                terminal.Line($"{group} already has {parsed.GetValue(count)} instances.");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Scales the group. If there is no such group, the message lists the assemblies that there are.</summary>
    private static async Task<ScaleResult> WithAssembliesAsync(
        GatewayClient client, DeployableId deployable, string assembly, Func<Task<ScaleResult>> scale, CancellationToken cancellationToken)
    {
        try
        {
            return await scale();
        }
        catch (NotFoundException missing)
        {
            var known = new SortedSet<string>(StringComparer.Ordinal);
            await foreach (var instance in client.ListInstancesAsync(deployable, cancellationToken)) known.Add(instance.Assembly);
            var remedy = known.Count == 0 ? "it has no instances"
                : known.Contains(assembly) ? $"{assembly} is not a group, because the document gives it no count"
                : NearestName.Find(assembly, known) is { } nearest ? $"did you mean {nearest}?"
                : $"its assemblies are {string.Join(", ", known)}";
            throw new CommandFailure(ExitCode.NotFound, $"{missing.Message.TrimEnd('.')}; {remedy}");
        }
    }
}
