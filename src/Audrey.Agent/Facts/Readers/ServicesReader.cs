using System.Text.Json.Nodes;
using Audrey.Agent.Facts.Sshd;

namespace Audrey.Agent.Facts.Readers;

/// <summary>Reads the facts of the class Services: what systemd says of the services that the guest has run.</summary>
/// <param name="journal">The journal with the names of the services.</param>
/// <param name="programs">Runs systemctl.</param>
internal sealed class ServicesReader(JournalView journal, FactPrograms programs) : IFactReader
{
    private const string Running = "/run/systemd/system", Systemctl = "/usr/bin/systemctl";

    public FactClass Class { get; } = new("Services", "What systemd says of the services that the guest has run.")
    {
        Open = new FactProperty(
            "SERVICE",
            FactType.Map,
            "The unit SERVICE.service: load, active, sub and enabled, in the words of systemctl."),
    };

    /// <summary>systemd tells of a service that ends by itself only on its own bus.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(30);

    public ChangeSigns FindSigns() => new() { Paths = [UnitFiles.Started, journal.Path, .. new UnitFiles("/").FindFolders()] };

    public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Running)) throw new FactException("systemd does not run on this machine");
        var readings = new Dictionary<string, Reading>(StringComparer.Ordinal);
        foreach (var service in journal.ServiceNames)
        {
            var end = await programs.RunAsync(
                Systemctl,
                ["show", "--property", "LoadState,ActiveState,SubState,UnitFileState", "--", $"{service}.service"],
                cancellationToken);
            readings[service] = end.Status == 0 ? Parse(end.Output) : Reading.Unknown($"systemctl ended with {end.Status}: {end.Errors}");
        }

        return readings;
    }

    /// <summary>Reads the output of <c>systemctl show</c>.</summary>
    public static Reading Parse(string output)
    {
        var values = output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        if (values.GetValueOrDefault("LoadState") is null or "not-found") return Reading.None("systemd has no unit of this name");
        return Reading.Of(new JsonObject
        {
            ["load"] = values["LoadState"],
            ["active"] = values.GetValueOrDefault("ActiveState"),
            ["sub"] = values.GetValueOrDefault("SubState"),
            ["enabled"] = values.GetValueOrDefault("UnitFileState"),
        });
    }
}
