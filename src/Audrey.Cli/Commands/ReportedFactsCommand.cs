using System.CommandLine;
using System.Runtime.CompilerServices;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Commands;

/// <summary>Shows the facts about the machines of instances that their agents have reported.</summary>
internal static class ReportedFactsCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        (id.Arity, id.Description) = (ArgumentArity.ZeroOrOne, "The deployable's id. Not necessary if the conductor has only one.");
        var instance = Optional("INSTANCE", "The label or the UUID of an instance. Without it, the facts of all instances are shown.");
        var fact = Optional("CLASS[.FACT]", "A class of facts such as Sysconfig, or a fact such as Sysconfig.sshd-port.");
        var json = new Option<bool>("--json") { Description = "Print the facts of each instance as JSON on a separate line." };
        var command = new ExampleCommand(
            "facts",
            "Show the facts about the machines of a deployable: the agent that reported them, the time, and the values or the reasons why "
                + "there are none.",
            "audrey facts shop-1",
            "audrey facts shop-1 db Sysconfig.sshd-port",
            "audrey facts shop-1 --json | jq .classes")
        {
            id, instance, fact, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var deployable = await InstanceArgument.DeployableAsync(parsed.GetValue(id), client, cancellationToken);
            var only = parsed.GetValue(fact) is { } name ? FactName.Parse(name) : null;
            var output = new ReportedFactsOutput(terminal, parsed.GetValue(json), only);
            await foreach (var one in InstancesAsync(client, deployable, parsed.GetValue(instance), cancellationToken))
                output.Print(await client.GetFactsAsync(one, cancellationToken));
            return output.Finish();
        });
        return command;
    }

    private static async IAsyncEnumerable<InstanceId> InstancesAsync(
        GatewayClient client, DeployableId deployable, string? name,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            yield return (await InstanceArgument.FindInAsync(client, deployable, name, cancellationToken)).Id;
            yield break;
        }

        var all = await client.ListInstancesAsync(deployable, cancellationToken).ToListAsync(cancellationToken);
        foreach (var instance in all.InOrder()) yield return instance.Id;
    }

    private static Argument<string?> Optional(string name, string description) =>
        new(name) { Description = description, HelpName = name, Arity = ArgumentArity.ZeroOrOne };
}
