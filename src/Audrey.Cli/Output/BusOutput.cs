using System.Text.Json.Nodes;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints agents, objects and indications of the message bus, as lines or as JSON with one object on each line.</summary>
internal sealed class BusOutput(Terminal terminal, bool json)
{
    public void Print(SeenAgent agent)
    {
        var (description, isSilent) = (agent.Description, agent.IsSilent(terminal.Time.GetUtcNow()));
        if (json)
        {
            terminal.WriteJsonLine(new BusAgentOutput(
                description.Name.ToString(), agent.UserId, isSilent, description.HeartbeatInterval.TotalSeconds, description.Epoch,
                ToJson(description.Attributes)));
            return;
        }

        var attributes = string.Concat(
            description.Attributes.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"  {one.Key} {TextOf(one.Value)}"));
        var user = agent.UserId is { } name ? $"  user {name}" : "";
        terminal.Line($"{description.Name}{user}{attributes}{(isSilent ? "  silent" : "")}", isSilent ? Color.Yellow : Color.Default);
    }

    public void Print(QmfObject one, string agent)
    {
        if (json)
        {
            terminal.WriteJsonLine(new BusObjectOutput(
                agent, one.Schema?.Class, one.Id?.Name, one.Severity, one.UpdatedTime, ToJson(one.Values),
                Heartbeat: false));
            return;
        }

        var (type, name) = (one.Schema?.Class ?? "object", one.Id?.Name);
        var time = one.UpdatedTime is { } updated ? $"  {updated:u}" : "";
        terminal.Line($"{type}{(name is null || name == type ? "" : $" {name}")}{time}");
        foreach (var (property, value) in one.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
            terminal.Line($"  {property}: {TextOf(value)}");
    }

    public void Print(QmfIndication indication)
    {
        if (indication.IsHeartbeat)
        {
            if (json) terminal.WriteJsonLine(new BusObjectOutput(indication.Agent, null, null, null, null, null, Heartbeat: true));
            else terminal.Line($"{indication.Agent}: heartbeat");
        }

        foreach (var one in indication.Objects)
        {
            if (!json) terminal.Line($"{indication.Agent}:{(one.Severity is { } severity ? $" event of severity {severity}" : "")}");
            Print(one, indication.Agent);
        }

        terminal.Out.Flush();
    }

    public void Print(IReadOnlyDictionary<string, object?> results)
    {
        if (json)
        {
            terminal.Out.WriteLine(QmfJson.Write(results));
            return;
        }

        foreach (var (name, value) in results.OrderBy(result => result.Key, StringComparer.Ordinal))
            terminal.Line($"{name}: {TextOf(value)}");
    }

    private static string TextOf(object? value) =>
        value is string or null ? (string?)value ?? "" : value is Guid id ? id.ToString() : QmfJson.Write(value);

    private static JsonObject ToJson(IReadOnlyDictionary<string, object?> values) => JsonNode.Parse(QmfJson.Write(values))!.AsObject();
}
