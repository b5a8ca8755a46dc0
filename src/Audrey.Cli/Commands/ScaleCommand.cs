using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Changes the size of a group.</summary>
internal static class ScaleCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var assembly = new Argument<string>("ASSEMBLY") { Description = "The group's assembly." };
        var count = new Argument<int>("COUNT") { Description = "The number of instances that the group will have, from 0." };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 0)
                result.AddError("COUNT must be at least 0.");
        });
        var json = CommonOptions.Json();
        var newcomers = new NewcomerArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "scale",
            "Change the size of a group by adding or removing the instances with the highest ordinals.",
            "audrey scale farm-1 web 5 --output farm-launch")
        {
            id, assembly, count, json,
        };
        newcomers.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            using var written = newcomers.Read(parsed, client.Url);
            written.CheckDeployable(deployable);
            var name = (await client.GetSummaryAsync(deployable, cancellationToken)).Name;
            var result = await client.Groups.ScaleAsync(deployable, parsed.GetValue(assembly)!, parsed.GetValue(count), cancellationToken);
            var added = new List<AddedOutput>();
            foreach (var instance in result.Added)
            {
                var directory = written.Write(deployable, name, instance.Id, instance.Secret, instance.Assembly, instance.Ordinal);
                added.Add(new(instance.Id.Value, instance.Ordinal, directory));
            }

            written.Remove(result.Removed);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new { added, removed = result.Removed.Select(instance => instance.Value) });
                return ExitCode.Ok;
            }

            foreach (var (uuid, ordinal, directory) in added)
            {
                terminal.Line(
                    $"{parsed.GetValue(assembly)} {ordinal} ({uuid}) was added: boot a machine with the user data in {directory}/");
            }

            foreach (var instance in result.Removed) terminal.Line($"{instance} was removed: shut down its machine");
            if (added.Count == 0 && result.Removed.IsEmpty)
                terminal.Line($"{parsed.GetValue(assembly)} already has {parsed.GetValue(count)} instances.");
            return ExitCode.Ok;
        });
        return command;
    }

    private sealed record AddedOutput(string Uuid, int Ordinal, string Directory);
}
