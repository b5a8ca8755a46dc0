using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Ids;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>Removes one member of a group by name.</summary>
internal static class RemoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var member = new Argument<string>("MEMBER") { Description = "The member, by its label such as web-1, or by its UUID." };
        var (notice, json) = (new NoticeOption(terminal), CommonOptions.Json());
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The directory with the user data of the machines. The user data of the member is deleted there.",
            HelpName = "DIR",
        };
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "remove",
            "Remove one instance of a group. The other instances of the group keep their labels. To change the size of a group, use scale.",
            "audrey remove farm-1 web-1 --output farm-launch")
        {
            id, member, json, output,
        };
        notice.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var (deployable, name) = (DeployableId.Parse(parsed.GetValue(id)!), parsed.GetValue(member)!);
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            using var directory = parsed.GetValue(output) is { } path ? PlanDirectory.Open(path) : null;
            var group = await GroupOfAsync(client, name, cancellationToken);
            var result = await client.Groups.RemoveAsync(deployable, group, [name], notice.Read(parsed, group), cancellationToken);
            if (result.Removed.IsEmpty) throw await NoMemberAsync(client, deployable, group, name, cancellationToken);
            if (directory is not null) HostDirectories.Read(directory).Remove(result.Removed);
            if (parsed.GetValue(json)) terminal.WriteJson(new RemovalOutput(result.Removed.Select(instance => instance.Value)));
            else foreach (var (instance, label) in result.Removed.Zip(result.RemovedLabels))
                terminal.Line($"{label} ({instance}) was removed: shut down its machine");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Returns the group of a member: the assembly in its label, or the assembly of the instance with its UUID.</summary>
    private static async Task<string> GroupOfAsync(GatewayClient client, string member, CancellationToken cancellationToken)
    {
        if (InstanceLabels.TryParseMember(member, out var group, out _) && !Guid.TryParse(member, out _)) return group;
        if (!InstanceId.TryParse(member, out var id, out _))
            throw new CommandFailure(ExitCode.Usage, $"{member} is neither a label such as web-1 nor a UUID.");
        return (await client.GetInstanceStatusAsync(id, cancellationToken)).Assembly;
    }

    /// <summary>Describes that a group has no such member, with the nearest label.</summary>
    private static async Task<CommandFailure> NoMemberAsync(
        GatewayClient client, DeployableId deployable, string group, string name, CancellationToken cancellationToken)
    {
        var labels = await client.ListInstancesAsync(deployable, cancellationToken)
            .Where(instance => InstanceLabels.OrdinalIn(instance.Label, instance.Assembly) is not null)
            .Select(instance => instance.Label).ToListAsync(cancellationToken);
        var remedy = NearestName.Find(name, labels) is { } nearest ? $"did you mean {nearest}?" : $"see: audrey status {deployable}";
        return new(ExitCode.NotFound, $"Group {group} of {deployable} has no member {name}; {remedy}");
    }
}
