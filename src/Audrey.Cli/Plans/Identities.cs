using System.Text.Json;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;
using Audrey.Core.Secrets;

namespace Audrey.Cli.Plans;

/// <summary>Creates random ids and secrets.</summary>
internal sealed class RandomIdentities : ILaunchIdentities
{
    public string NewDeployableId() => Guid.NewGuid().ToString();

    public (string Uuid, string Secret) NewInstance(string assembly, int? ordinal) =>
        (Guid.NewGuid().ToString(), NewSecret.Create());
}

/// <summary>Returns the ids and secrets of a stored plan.</summary>
internal sealed class RecordedIdentities : ILaunchIdentities
{
    private readonly ILaunchIdentities _others;
    private readonly string _deployable;
    private readonly Dictionary<(string, int?), (string, string)> _instances = [];

    private RecordedIdentities(JsonElement plan, ILaunchIdentities others)
    {
        _others = others;
        if (plan.GetProperty("audreyPlan").GetInt32() != PlanJson.Version) throw new FormatException("The plan has a different version.");
        _deployable = Text(plan, "deployableId");
        foreach (var instance in plan.GetProperty("instances").EnumerateArray())
        {
            int? ordinal = instance.TryGetProperty("ordinal", out var number) ? number.GetInt32() : null;
            _instances[(Text(instance, "assembly"), ordinal)] = (Text(instance, "uuid"), Text(instance, "secret"));
        }

        if (!plan.TryGetProperty("prototypes", out var prototypes)) return;
        foreach (var prototype in prototypes.EnumerateArray())
            _instances[(Text(prototype, "assembly"), null)] = (Text(prototype, "uuid"), "");
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="JsonException">The plan is not JSON.</exception>
    /// <exception cref="FormatException">
    /// The JSON is not a plan of this version. InvalidOperationException and KeyNotFoundException have the same meaning.
    /// </exception>
    public static RecordedIdentities Read(string plan, ILaunchIdentities others)
    {
        using var json = JsonDocument.Parse(plan);
        return new RecordedIdentities(json.RootElement, others);
    }

    public string NewDeployableId() => _deployable;

    public (string Uuid, string Secret) NewInstance(string assembly, int? ordinal) =>
        _instances.TryGetValue((assembly, ordinal), out var recorded) ? recorded : _others.NewInstance(assembly, ordinal);

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"{name} is missing.");
}
