using System.Text.Json;

namespace Audrey.Cli.Suggestions;

/// <summary>A deployable in the plan of a launch directory.</summary>
/// <param name="Id">The deployable's id.</param>
/// <param name="Instances">The instances: the assembly, the UUID, the names of the services, and the values that they provide.</param>
internal sealed record StoredPlan(
    string Id, IReadOnlyList<(string Assembly, string Uuid, IReadOnlyList<string> Services, IReadOnlyList<string> Provides)> Instances);

/// <summary>Finds the plans of launches in a directory and in the directories below it. Plans that cannot be read are left out.</summary>
internal static class StoredPlans
{
    private const string PlanName = "plan.json";
    private const int MaxDirectories = 100;
    private const int MaxBytes = 4 * 1024 * 1024;

    public static IReadOnlyList<StoredPlan> In(string directory) =>
    [
        .. from folder in Directory.EnumerateDirectories(directory).Take(MaxDirectories).Prepend(directory)
           let plan = Read(Path.Combine(folder, PlanName))
           where plan is not null
           select plan,
    ];

    private static StoredPlan? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxBytes }) return null;
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new StoredPlan(
                json.RootElement.GetProperty("deployableId").GetString()!,
                [
                    .. from instance in json.RootElement.GetProperty("instances").EnumerateArray()
                       select (
                           instance.GetProperty("assembly").GetString()!,
                           instance.GetProperty("uuid").GetString()!,
                           Names(instance, "services", service => service.GetProperty("name").GetString()!),
                           Names(instance, "provides", name => name.GetString()!)),
                ]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException
            or KeyNotFoundException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Names(JsonElement instance, string name, Func<JsonElement, string> select) =>
        instance.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(select)] : [];
}
