using System.Text.Json;

namespace Audrey.Cli.Tests.Support;

/// <summary>Checks that the JSON of a command has the fields that the <see cref="JsonTable"/> lists for the command.</summary>
internal static class JsonForms
{
    /// <summary>Checks the output of a command line that has the option.</summary>
    public static void Check(string[] args, string output)
    {
        if (output.Length == 0 || FormOf(args) is not { Type: { } type }) return;
        if (output.StartsWith("{\n", StringComparison.Ordinal)) Check(type, output, args[0]);
        else foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Check(type, line, args[0]);
    }

    private static JsonForm? FormOf(string[] args)
    {
        if (args.Contains("--local")) return Find("launch --local");
        return Find(args[0]) ?? (args.Length > 1 ? Find($"{args[0]} {args[1]}") : null)
            ?? throw new InvalidOperationException($"JsonTable does not list {args[0]}.");

        static JsonForm? Find(string command) => JsonTable.Forms.FirstOrDefault(form => form.Commands.Contains(command));
    }

    private static void Check(Type type, string text, string where)
    {
        using var json = JsonDocument.Parse(text);
        Check(type, json.RootElement, where);
    }

    private static void Check(Type type, JsonElement json, string where)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray()) Check(type, item, where);
            return;
        }

        if (!JsonTable.HasFields(type)) return;
        var fields = JsonTable.FieldsOf(type).ToDictionary(field => field.Name);
        var given = json.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
        Assert.Empty(given.Keys.Except(fields.Keys).Select(name => $"{where}: {name} is not in the table"));
        Assert.Empty(
            fields.Values.Where(field => !field.IsOptional).Select(field => field.Name).Except(given.Keys)
                .Select(name => $"{where}: {name} is missing"));
        foreach (var (name, value) in given) Check(fields[name].Type, value, $"{where}.{name}");
    }
}
