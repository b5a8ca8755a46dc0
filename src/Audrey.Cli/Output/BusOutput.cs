using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Core.Text;
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
            WriteJson(new()
            {
                ["name"] = description.Name.ToString(),
                ["user"] = agent.UserId,
                ["silent"] = isSilent,
                ["heartbeatSeconds"] = description.HeartbeatInterval.TotalSeconds,
                ["epoch"] = description.Epoch,
                ["attributes"] = description.Attributes,
            });
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
            WriteJson(new()
            {
                ["agent"] = agent,
                ["class"] = one.Schema?.Class,
                ["object"] = one.Id?.Name,
                ["severity"] = one.Severity,
                ["time"] = one.UpdatedAt > 0 ? UtcTime.Format(TimeOf(one.UpdatedAt)) : null,
                ["values"] = one.Values,
            });
            return;
        }

        var (type, name) = (one.Schema?.Class ?? "object", one.Id?.Name);
        terminal.Line($"{type}{(name is null || name == type ? "" : $" {name}")}{(one.UpdatedAt > 0 ? $"  {TimeOf(one.UpdatedAt):u}" : "")}");
        foreach (var (property, value) in one.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
            terminal.Line($"  {property}: {TextOf(value)}");
    }

    public void Print(QmfIndication indication)
    {
        if (indication.IsHeartbeat)
        {
            if (json) WriteJson(new() { ["agent"] = indication.Agent, ["heartbeat"] = true, ["user"] = indication.Message.UserId });
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

    private static DateTimeOffset TimeOf(ulong nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(nanoseconds / 100, (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));

    private void WriteJson(Dictionary<string, object?> fields) => terminal.Out.WriteLine(
        QmfJson.Write(fields.Where(field => field.Value is not null).ToDictionary(field => field.Key, field => field.Value)));
}
