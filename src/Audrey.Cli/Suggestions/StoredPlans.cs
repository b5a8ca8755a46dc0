using System.Text.Json;
using Audrey.Cli.Plans;

namespace Audrey.Cli.Suggestions;

/// <summary>A deployable in the plan of a launch directory.</summary>
/// <param name="Id">The deployable's id.</param>
/// <param name="Instances">The instances.</param>
internal sealed record StoredPlan(string Id, IReadOnlyList<StoredInstance> Instances);

/// <summary>An instance in the plan of a launch directory.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Assembly">The name of its assembly.</param>
/// <param name="Uuid">Its UUID.</param>
/// <param name="Services">The names of its services.</param>
/// <param name="Provides">The names of the values that it provides.</param>
internal sealed record StoredInstance(
    string Label, string Assembly, string Uuid, IReadOnlyList<string> Services, IReadOnlyList<string> Provides);

/// <summary>Finds the plans of launches in a directory and in the directories below it. Plans that cannot be read are left out.</summary>
internal static class StoredPlans
{
    private const int MaxDirectories = 100;
    private const int MaxBytes = 4 * 1024 * 1024;

    public static IReadOnlyList<StoredPlan> In(string directory) =>
    [
        .. from folder in Directory.EnumerateDirectories(directory).Take(MaxDirectories).Prepend(directory)
           let plan = Read(Path.Combine(folder, PlanDirectory.PlanName))
           where plan is not null
           select plan,
    ];

    private static StoredPlan? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxBytes }) return null;
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.GetProperty("deployableId").GetString() is not { } id) return null;
            return new StoredPlan(
                id,
                [
                    .. from instance in json.RootElement.GetProperty("instances").EnumerateArray()
                       let label = instance.TryGetProperty("label", out var given) ? given.GetString() : null
                       let assembly = instance.GetProperty("assembly").GetString()
                       let uuid = instance.GetProperty("uuid").GetString()
                       where assembly is not null && uuid is not null
                       select new StoredInstance(
                           label ?? uuid,
                           assembly,
                           uuid,
                           Names(instance, "services", service => service.GetProperty("name").GetString()),
                           Names(instance, "provides", name => name.GetString())),
                ]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException
            or KeyNotFoundException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Names(JsonElement instance, string name, Func<JsonElement, string?> select) =>
        instance.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(select).OfType<string>()] : [];
}
