using System.Diagnostics;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Packaging;

/// <summary>
/// Loads the systemd units of the packages. That of the guest program is loaded with the units of cloud-init that are installed here.
/// </summary>
public sealed class UnitTests : IDisposable
{
    private const string Unit = "audrey-instance-config.service";
    private const string OldName = "cloud-init.service";
    private const string NewName = "cloud-init-network.service";

    private readonly TempDirectory _units = new();

    public void Dispose() => _units.Dispose();

    /// <summary>An image can have the network stage of cloud-init under its old name, under its new name, or under both.</summary>
    [Theory]
    [InlineData(OldName)]
    [InlineData(NewName)]
    [InlineData(OldName, NewName)]
    public async Task The_order_of_the_unit_after_cloud_init_has_no_cycle(params string[] networkStages)
    {
        WriteUnits("", networkStages);

        Assert.DoesNotContain("cycle", await VerifyAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OldName)]
    [InlineData(NewName)]
    public async Task A_unit_that_must_start_before_cloud_init_too_is_found_to_be_a_cycle(string networkStage)
    {
        WriteUnits($"Before={networkStage}\n", networkStage);

        Assert.Contains("ordering cycle", await VerifyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_unit_has_nothing_that_systemd_does_not_know()
    {
        WriteUnits("", NewName);

        Assert.DoesNotContain($"{Unit}:", await VerifyAsync(), StringComparison.Ordinal);
    }

    /// <summary>The exposure is a number from 0 to 10, and the threshold is in tenths.</summary>
    [Theory]
    [InlineData("cluster-config/audrey-server.service", "/usr/lib/audrey/Audrey.Server", "30")]
    [InlineData("src/Audrey.Agent/packaging/audrey-instance-config-watch.service", "/usr/bin/audrey-instance-config", "50")]
    public async Task A_unit_that_stays_is_confined_and_has_nothing_unknown_to_systemd(string path, string program, string threshold)
    {
        var name = Path.GetFileName(path);
        var unit = File.ReadAllText(Path.Combine(Tool.Repository, path));
        Assert.Contains($"\nExecStart={program}", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("\nMemoryDenyWriteExecute=", unit, StringComparison.Ordinal);
        Add(name, unit.Replace(program, "/bin/true", StringComparison.Ordinal), "multi-user.target");

        await Tool.RunAsync("systemd-analyze", "security", "--offline=true", $"--threshold={threshold}", _units.File(name));
        Assert.DoesNotContain($"{name}:", await VerifyAsync(), StringComparison.Ordinal);
    }

    private void WriteUnits(string order, params string[] networkStages)
    {
        var unit = File.ReadAllText(Path.Combine(Tool.Repository, "src/Audrey.Agent/packaging", Unit));
        // The program itself is not installed.
        unit = unit.Replace("/usr/bin/audrey-instance-config", "/bin/true", StringComparison.Ordinal)
            .Replace("[Unit]\n", "[Unit]\n" + order, StringComparison.Ordinal);
        Add(Unit, unit, "multi-user.target");
        var installed = Directory.EnumerateFiles("/lib/systemd/system", "cloud-*").ToDictionary(path => Path.GetFileName(path)!);
        foreach (var (name, path) in installed.Where(entry => entry.Key != OldName))
            Add(name, File.ReadAllText(path), name == "cloud-init.target" ? "multi-user.target" : "cloud-init.target");
        foreach (var stage in networkStages) Add(stage, File.ReadAllText(installed[OldName]), "cloud-init.target");
    }

    /// <summary>Writes a unit, and enables it for a target.</summary>
    private void Add(string name, string text, string target)
    {
        File.WriteAllText(_units.File(name), text);
        Directory.CreateDirectory(_units.File(target + ".wants"));
        File.CreateSymbolicLink(_units.File($"{target}.wants/{name}"), $"../{name}");
    }

    /// <summary>Plans the start of the multi-user target with all units. Returns the messages.</summary>
    private async Task<string> VerifyAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", "multi-user.target"])
        {
            Environment = { ["SYSTEMD_UNIT_PATH"] = _units.Path + ":" },
            RedirectStandardError = true,
        })!;
        var messages = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        await process.WaitForExitAsync();
        return messages;
    }
}
