using System.Text.RegularExpressions;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server;
using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>The shipped settings files are valid.</summary>
public sealed partial class ClusterConfigTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(Repository(), "cluster-config"), "*.json").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_server_accepts_every_shipped_settings_file(string file)
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(Repository(), "cluster-config", file);
        using var certificates = new TestCertificates();
        var files = certificates.Silo();
        var text = await File.ReadAllTextAsync(path);
        // The certificates that the settings file names do not exist on the test machine.
        string[] tls = text.Contains("/etc/audrey/tls/", StringComparison.Ordinal)
            ?
            [
                $"--Audrey:Cluster:Tls:Authorities={files.Authorities}", $"--Audrey:Cluster:Tls:Certificate={files.Certificate}",
                $"--Audrey:Cluster:Tls:Key={files.Key}",
            ]
            : [];
        var secret = SecretFiles.Create(directory.File("cluster-secret"));
        await using var server = AudreyServer.Build(
            [$"--config={path}", $"--Audrey:DataDirectory={directory.Path}", $"--Audrey:Cluster:SecretFile={secret}", .. tls]);
        Assert.NotNull(server.Services.GetService(typeof(IOptions<ServerOptions>)));
    }

    [Fact]
    public void The_systemd_unit_names_only_existing_options()
    {
        var unit = File.ReadAllText(Path.Combine(Repository(), "cluster-config", "audrey-server.service"));
        var names = EnvironmentOption().Matches(unit)
            .Select(match => Regex.Replace(match.Value.Replace("__", ":", StringComparison.Ordinal), ":[0-9]+:", ":*:"))
            .ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(name, SettingsCatalogue.Names, StringComparer.OrdinalIgnoreCase));
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
