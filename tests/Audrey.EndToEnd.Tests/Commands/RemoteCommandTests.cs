using System.Globalization;
using System.Text;
using System.Text.Json;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Commands;

/// <summary>
/// Uses the command from the login to the deletion of a deployable. The server has another address, and the command needs only a profile.
/// <c>AUDREY_COMMAND_INSTANCES</c> sets the size of the deployable. The output of the test contains the measured figures.
/// </summary>
public sealed class RemoteCommandTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>The maximum number of instances of a group.</summary>
    private const int MaxGroup = 4_000;

    private const int Added = 10;

    private static readonly int Instances = int.Parse(
        Environment.GetEnvironmentVariable("AUDREY_COMMAND_INSTANCES") ?? "1200", CultureInfo.InvariantCulture);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_deployable_can_be_launched_scaled_and_deleted_with_only_a_profile()
    {
        using var authority = new TestAuthority();
        authority.Issue(_directory.File("server"), "127.0.0.2");
        await using var server = await ServerProcess.Start(
            "--Kestrel:Endpoints:Https:Url=https://127.0.0.2:0",
            $"--Kestrel:Endpoints:Https:Certificate:Path={_directory.File("server.pem")}",
            $"--Kestrel:Endpoints:Https:Certificate:KeyPath={_directory.File("server.key")}",
            $"--Audrey:DataDirectory={_directory.File("server-data")}");
        Directory.CreateDirectory(_directory.File("home"));
        var command = new CommandProcess(_directory.File("home"));
        File.WriteAllText(_directory.File("shop.yaml"), Document(Instances));

        Assert.Equal(2, (await command.Run("", "list")).Code);
        await Run(
            ServerProcess.ConductorSecret,
            "login", "shop", "--url", server.Endpoint.ToString(), "--key", ServerProcess.ConductorKey,
            "--ca", authority.Write(_directory.File("ca.pem")));
        await Run("", "launch", _directory.File("shop.yaml"), "--id", "shop", "--output", _directory.File("out"), "--timeout", "120");
        Assert.Equal(Instances, Directory.GetDirectories(_directory.File("out")).Length);
        Assert.Equal(Instances, await InstancesInStatus());
        Assert.StartsWith("shop", (await Run("", "list")).Split('\n')[0], StringComparison.Ordinal);

        var size = Math.Min(MaxGroup, Instances - 1) + Added;
        await Run("", "scale", "shop", "web0", $"{size}", "--output", _directory.File("out"), "--timeout", "120");
        Assert.Equal(Instances + Added, Directory.GetDirectories(_directory.File("out")).Length);
        Assert.Equal(Instances + Added, await InstancesInStatus());
        await Run("", "delete", "shop", "--timeout", "120");
        Assert.Equal(4, (await command.Run("", "status", "shop")).Code);
        Assert.Equal("", await Run("", "list"));
        Assert.DoesNotContain(ServerProcess.ConductorSecret, server.Log.Text, StringComparison.Ordinal);

        async Task<string> Run(string input, params string[] args)
        {
            var start = TimeProvider.System.GetTimestamp();
            var (code, text, error) = await command.Run(input, args);
            Assert.True(code == 0, $"audrey {args[0]}: {code} {error}");
            Assert.DoesNotContain(ServerProcess.ConductorSecret, text + error, StringComparison.Ordinal);
            var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Instances} instances: audrey {args[0]} took {seconds:0.0} s"));
            return text;
        }

        async Task<int> InstancesInStatus()
        {
            using var status = JsonDocument.Parse(await Run("", "status", "shop", "--json", "--timeout", "120"));
            return status.RootElement.GetProperty("instances").GetArrayLength();
        }
    }

    /// <summary>Returns a database and groups of web servers that wait for its address.</summary>
    private static string Document(int instances)
    {
        var text = new StringBuilder("audrey: 1\nname: shop\nassemblies:\n  db:\n    hardware_profile: small\n    returns: [ipaddress]\n");
        for (var (group, left) = (0, instances - 1); left > 0; group++, left -= MaxGroup)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                  web{{group}}:
                    count: {{Math.Min(left, MaxGroup)}}
                    hardware_profile: small
                    services:
                      http:
                        puppet:
                          classes: [http]
                        parameters:
                          db: {from: db, return: ipaddress}

                """);
        }

        return text.ToString();
    }
}
