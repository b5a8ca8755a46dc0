using System.Collections.Immutable;
using System.Text.Json;
using Audrey.Core.Planning;

namespace Audrey.Cli.Plans;

/// <summary>The part of a stored plan that applies to the machines of instances that are added later.</summary>
/// <param name="Endpoint">The URL at which guests reach the config server. Null if the plan has none.</param>
/// <param name="Setup">The contents of their cloud-config.</param>
/// <param name="Packages">The packages of each assembly.</param>
internal sealed record StoredSetup(
    string? Endpoint, MachineSetup Setup, IReadOnlyDictionary<string, ImmutableArray<string>> Packages)
{
    /// <summary>The setup of a directory without a plan.</summary>
    public static StoredSetup None { get; } = new(null, new MachineSetup(), ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>Reads a plan.</summary>
    public static StoredSetup Read(string plan)
    {
        using var json = JsonDocument.Parse(plan);
        var packages = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var part in (string[])["instances", "prototypes"])
        {
            if (!json.RootElement.TryGetProperty(part, out var list)) continue;
            foreach (var one in list.EnumerateArray())
            {
                packages[one.GetProperty("assembly").GetString()!] =
                    [.. one.GetProperty("packages").EnumerateArray().Select(package => package.GetString()!)];
            }
        }

        return new(
            Text(json.RootElement, "endpoint"),
            json.RootElement.TryGetProperty("machineSetup", out var setup) ? Read(setup) : new(),
            packages);
    }

    private static MachineSetup Read(JsonElement setup) => new()
    {
        UserDataBase = Text(setup, "userDataBase"),
        CaCertificates = Text(setup, "caCertificates"),
        AptRepository = Text(setup, "aptRepository"),
        YumRepository = Text(setup, "yumRepository"),
        RepositoryKey = Text(setup, "repositoryKey"),
        InstallPackages = setup.GetProperty("installPackages").GetBoolean(),
    };

    private static string? Text(JsonElement setup, string name) => setup.TryGetProperty(name, out var text) ? text.GetString() : null;
}
