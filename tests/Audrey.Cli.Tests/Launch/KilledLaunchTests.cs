using System.Diagnostics;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

[Collection(ServerFixture.Name)]
public sealed class KilledLaunchTests(ServerFixture server) : IDisposable
{
    private const int Instances = 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("before the first")]
    [InlineData("after the first")]
    public async Task A_killed_and_repeated_launch_creates_one_deployable(string moment)
    {
        var environment = await server.AddConductorAsync($"killed-{Guid.NewGuid():n}", _directory);
        environment["AUDREY_ENDPOINT"] = server.Server.Endpoint.ToString();
        var document = _directory.File("many.xml");
        File.WriteAllText(document, Examples.Many(Instances));
        string[] launch = ["launch", document, "--output", _directory.File("out")];
        await KillAsync(environment, launch, moment == "before the first" ? RegistrationBegan : SomeAreRegistered);
        Assert.Equal("Registering\n", File.ReadAllText(StatePath));

        var again = await Support.Cli.RunAsync(environment, launch);

        Assert.Equal((0, "Registered\n"), (again.Code, File.ReadAllText(StatePath)));
        Assert.Contains("interrupted launch", again.Error, StringComparison.Ordinal);
        var id = Assert.Single((await Support.Cli.RunAsync(environment, ["list"])).OutLines);
        var status = await Support.Cli.RunAsync(environment, ["status", id]);
        Assert.True(status.Out.Contains($"0 of {Instances} instances configured", StringComparison.Ordinal), status.Out + status.Error);
    }

    private string StatePath => Path.Combine(_directory.File("out"), "launch-state");

    private async Task RegistrationBegan(Process process, CancellationToken limit)
    {
        while (!File.Exists(StatePath)) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit);
    }

    private static async Task SomeAreRegistered(Process process, CancellationToken limit)
    {
        while (await process.StandardError.ReadLineAsync(limit) is { } line)
            if (line.StartsWith("registered ", StringComparison.Ordinal)) return;
    }

    private static async Task KillAsync(
        Dictionary<string, string> environment, string[] arguments, Func<Process, CancellationToken, Task> moment)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "audrey.dll"), .. arguments])
        { RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            await moment(process, limit.Token);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(limit.Token);
        }
    }
}
