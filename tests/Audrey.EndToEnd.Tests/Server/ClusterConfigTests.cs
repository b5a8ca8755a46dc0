using System.Text.RegularExpressions;
using Audrey.Server;
using Audrey.Server.Settings;
using Audrey.Testing;
using Microsoft.Extensions.Options;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>The settings that are shipped, and the page on settings, are true.</summary>
public sealed partial class ClusterConfigTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Repository(), "cluster-config"), "*.json").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_file_is_taken_by_the_server(string file)
    {
        using var directory = new TempDirectory();
        await using var server = AudreyServer.Build([$"--config={Path.Combine(Repository(), "cluster-config", file)}", $"--Audrey:DataDirectory={directory.Path}"]);
        Assert.NotNull(server.Services.GetService(typeof(IOptions<ServerOptions>)));
    }

    [Fact]
    public void The_unit_names_options_that_exist()
    {
        var unit = File.ReadAllText(Path.Combine(Repository(), "cluster-config", "audrey-server.service"));
        var named = EnvironmentOption().Matches(unit).Select(match => Regex.Replace(match.Value.Replace("__", ":", StringComparison.Ordinal), ":[0-9]+:", ":*:")).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, SettingsCatalogue.Names, StringComparer.OrdinalIgnoreCase));
        Assert.Contains("ExecStart=/usr/lib/audrey/Audrey.Server --config=/etc/audrey/server.json", unit, StringComparison.Ordinal);
    }

    private static string Repository()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Audrey.sln"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    [GeneratedRegex(@"AUDREY__[A-Z0-9_]+")]
    private static partial Regex EnvironmentOption();
}
