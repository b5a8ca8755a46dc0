using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Has a group grow or shrink.</summary>
internal static class ScaleCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var assembly = new Argument<string>("ASSEMBLY") { Description = "The group's assembly." };
        var count = new Argument<int>("COUNT") { Description = "How many instances it is to have, at least 1." };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError("COUNT must be at least 1.");
        });
        var json = CommonOptions.Json();
        var newcomers = new NewcomerArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "scale",
            "Have a group grow or shrink, at its highest numbers. Who refers to the group gets the values of its instances of then.",
            "audrey scale farm-1 web 5 --output farm-launch --endpoint http://10.0.0.5:4567 --server 10.0.0.5:30000")
        {
            id, assembly, count, json,
        };
        newcomers.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            using var written = newcomers.Read(parsed);
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var name = (await client.GetDeployableStatusAsync(deployable, cancellationToken)).Name;
            var result = await client.ScaleAsync(deployable, parsed.GetValue(assembly)!, parsed.GetValue(count), cancellationToken);
            var added = result.Added
                .Select(instance => new { uuid = instance.Id.Value, ordinal = instance.Ordinal, directory = written.Write(deployable, name, instance.Id, instance.Secret, instance.Assembly, instance.Ordinal) })
                .ToList();
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(new { added, removed = result.Removed.Select(instance => instance.Value) });
                return ExitCode.Ok;
            }

            foreach (var instance in added)
                terminal.Line($"{parsed.GetValue(assembly)} {instance.ordinal} ({instance.uuid}) came: boot a machine with the user "
                    + $"data in {instance.directory}/");
            foreach (var instance in result.Removed) terminal.Line($"{instance} went: its machine can be ended");
            if (added.Count == 0 && result.Removed.IsEmpty)
                terminal.Line($"{parsed.GetValue(assembly)} has {parsed.GetValue(count)} already.");
            return ExitCode.Ok;
        });
        return command;
    }
}
