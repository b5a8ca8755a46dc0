using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Audrey.Bus.Qmf;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>The commands for the message bus: agents, their objects and methods, and what they send.</summary>
internal static class BusCommands
{
    private const double DefaultWaitSeconds = 2;

    public static Command Create(Terminal terminal) => new ExampleCommand(
        "bus",
        "See the agents on the message bus, query them, call their methods, and watch what they send.",
        "audrey bus agents",
        "audrey bus get 4f0c9a2e-7d1b-4c52-9a1e-0b7f6a3d2c11 Sysconfig")
    {
        Agents(terminal), Get(terminal), Call(terminal), Watch(terminal),
    };

    private static ExampleCommand Agents(Terminal terminal)
    {
        var command = new ExampleCommand("agents", "List the agents that answer.", "audrey bus agents --wait 5 --json");
        return SetAction(terminal, command, async (parsed, console, wait, output, cancellationToken) =>
        {
            var agents = await console.LocateAsync(wait, cancellationToken);
            foreach (var agent in agents) output.Print(agent);
            if (agents.Count == 0) terminal.Info($"No agent has answered within {wait.TotalSeconds:0.#} s.");
            return ExitCode.Ok;
        });
    }

    private static ExampleCommand Get(Terminal terminal)
    {
        var (agent, type) = (Agent(), new Argument<string?>("CLASS")
        {
            Description = "The class. Default: all classes.",
            Arity = ArgumentArity.ZeroOrOne,
        });
        var command = new ExampleCommand(
            "get", "Query the objects of an agent.", "audrey bus get 4f0c9a2e-7d1b-4c52-9a1e-0b7f6a3d2c11 Sysconfig")
        {
            agent, type,
        };
        return SetAction(terminal, command, async (parsed, console, wait, output, cancellationToken) =>
        {
            var found = await console.FindAsync(parsed.GetValue(agent)!, wait, cancellationToken);
            foreach (var one in await console.QueryAsync(found, parsed.GetValue(type), cancellationToken))
                output.Print(one, found.Description.Name.ToString());
            return ExitCode.Ok;
        });
    }

    private static ExampleCommand Call(Terminal terminal)
    {
        var agent = Agent();
        var method = new Argument<string>("METHOD") { Description = "The method." };
        var arguments = new Argument<string[]>("NAME=VALUE")
        {
            Description = "An argument. A value that is a number, true or false is sent as such; \"text\" in quotes is sent as text.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        arguments.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.IndexOf('=', StringComparison.Ordinal) <= 0) result.AddError($"{token.Value} is not NAME=VALUE.");
        });
        var target = new Option<string?>("--object") { Description = "The object that has the method.", HelpName = "NAME" };
        var command = new ExampleCommand(
            "call",
            "Call a method of an agent. Needs an operator.",
            "audrey bus call 4f0c9a2e-7d1b-4c52-9a1e-0b7f6a3d2c11 query text=sshd-port --object Sysconfig")
        {
            agent, method, arguments, target,
        };
        return SetAction(terminal, command, async (parsed, console, wait, output, cancellationToken) =>
        {
            var found = await console.FindAsync(parsed.GetValue(agent)!, wait, cancellationToken);
            var given = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var argument in parsed.GetValue(arguments) ?? [])
            {
                var end = argument.IndexOf('=', StringComparison.Ordinal);
                given[argument[..end]] = ValueOf(argument[(end + 1)..]);
            }

            var name = parsed.GetValue(target);
            var id = name is null ? null : new QmfObjectId(found.Description.Name.ToString(), name);
            output.Print(await console.CallAsync(found, new QmfCall(id, parsed.GetValue(method)!, given), cancellationToken));
            return ExitCode.Ok;
        });
    }

    private static ExampleCommand Watch(Terminal terminal)
    {
        var agent = new Option<string?>("--agent") { Description = "Only agents with this text in their names.", HelpName = "TEXT" };
        var type = new Option<string?>("--class") { Description = "Only objects and events of this class.", HelpName = "CLASS" };
        var heartbeats = new Option<bool>("--heartbeats") { Description = "Also show heartbeats." };
        var count = new Option<int?>("--count") { Description = "End after this number of indications.", HelpName = "N" };
        var command = new ExampleCommand(
            "watch",
            "Show what agents send, until it is interrupted.",
            "audrey bus watch --class Sysconfig --json")
        {
            agent, type, heartbeats, count,
        };
        return SetAction(terminal, command, async (parsed, console, _, output, cancellationToken) =>
        {
            var (left, dropped) = (parsed.GetValue(count) ?? int.MaxValue, 0L);
            await foreach (var indication in console.WatchAsync(cancellationToken))
            {
                if (console.Dropped is var total && total > dropped) terminal.Info($"{total - dropped} indications were dropped.");
                dropped = console.Dropped;
                if (indication.IsHeartbeat && !parsed.GetValue(heartbeats)) continue;
                if (parsed.GetValue(agent) is { } text && !indication.Agent.Contains(text, StringComparison.Ordinal)) continue;
                var shown = parsed.GetValue(type) is { } only
                    ? indication with { Objects = [.. indication.Objects.Where(one => one.Schema?.Class == only)] }
                    : indication;
                if (!shown.IsHeartbeat && shown.Objects.Count == 0) continue;
                output.Print(shown);
                if (--left <= 0) break;
            }

            return ExitCode.Ok;
        });
    }

    private static Argument<string> Agent() => new("AGENT")
    {
        Description = "The name of the agent, a part of it such as the UUID of an instance, or the host name of its machine.",
    };

    private static object ValueOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : bool.TryParse(text, out var flag) ? flag
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : text is ['"', .. var quoted, '"'] ? quoted
        : text;

    private static ExampleCommand SetAction(
        Terminal terminal,
        ExampleCommand command,
        Func<ParseResult, BusConsole, TimeSpan, BusOutput, CancellationToken, Task<ExitCode>> action)
    {
        var (json, bus) = (new Option<bool>("--json") { Description = "Print JSON, one object on each line." }, new BusArguments(terminal));
        var wait = CommonOptions.Seconds("--wait", $"How long to wait for agents to answer. Default {DefaultWaitSeconds}.");
        command.Options.Add(json);
        if (command.Name != "watch") command.Options.Add(wait);
        bus.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            await using var console = await bus.ConnectAsync(parsed, cancellationToken);
            var time = TimeSpan.FromSeconds((command.Name == "watch" ? null : parsed.GetValue(wait)) ?? DefaultWaitSeconds);
            return await action(parsed, console, time, new BusOutput(terminal, parsed.GetValue(json)), cancellationToken);
        });
        return command;
    }
}
