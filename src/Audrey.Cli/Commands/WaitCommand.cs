using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Cli.Waiting;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Waits for a condition of a deployable. Prints only how the wait ended.</summary>
internal static class WaitCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var condition = new Option<WaitCondition>("--for")
        {
            Description = "What to wait for: complete, failed, service=S (every service S has ended with 0) or value=V (every instance "
                + "that provides V has given it). S is http or web[http], and V is address or db.address.",
            HelpName = "CONDITION",
            DefaultValueFactory = _ => WaitCondition.Parse("complete")!,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (WaitCondition.Parse(text) is { } parsed) return parsed;
                result.AddError($"--for takes complete, failed, service=NAME or value=NAME, not {text}.");
                return null;
            },
        };
        condition.CompletionSources.Add(new NameSuggestions(terminal).Conditions);
        var timeout = CommonOptions.Seconds(
            "--timeout", "The maximum time to wait; 0 checks once. Default: until the deployable's deadline, if it has one.", orZero: true);
        var json = CommonOptions.Json();
        var connection = new ConnectionArguments(terminal, hasTimeout: false);
        var command = new ExampleCommand(
            "wait",
            "Wait until a deployable is complete or has failed, a service has ended, or a value was given.",
            "audrey wait shop-1 --timeout 10m && ./open-shop",
            "audrey wait shop-1 --for 'service=db[mysql]'",
            "audrey wait shop-1 --for value=db.address --timeout 90")
        {
            id, condition, timeout, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            var wanted = parsed.GetValue(condition)!;
            TimeSpan? limit = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var result = await new DeployableWait(client, terminal.Time, deployable, wanted, limit).RunAsync(cancellationToken);
            if (parsed.GetValue(json))
                terminal.WriteJson(new WaitResultOutput(deployable.Value, wanted.Text, result.Outcome, result.Detail));
            else if (result.Code == ExitCode.Ok) terminal.Line(result.Detail);
            else terminal.Problem(result.Detail);
            return result.Code;
        });
        return command;
    }
}
