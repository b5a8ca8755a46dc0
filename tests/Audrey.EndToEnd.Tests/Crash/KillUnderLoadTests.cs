using System.Globalization;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Crash;

[Collection(ProcessTests.Name)]
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private const int Workers = 8;
    private const int MaxAnswersPerRound = 1500;

    /// <summary>The number of rounds. With more rounds the test finds rarer errors.</summary>
    private static int Rounds => Setting("AUDREY_TEST_CRASH_ROUNDS", 8);

    /// <summary>The seed of the commands. The speed of the machine still determines which commands a kill interrupts.</summary>
    private static int Seed => Setting("AUDREY_TEST_SEED", Random.Shared.Next());

    [Fact]
    public async Task Every_acknowledged_write_is_kept_when_the_server_is_killed_repeatedly()
    {
        using var directory = new TempDirectory();
        var seed = Seed;
        output.WriteLine($"AUDREY_TEST_SEED={seed}");
        var load = new Load(Workers, seed);
        for (var round = 1; round <= Rounds; round++)
        {
            await using var server = await ServerProcess.Start($"--Audrey:DataDirectory={directory.Path}");
            await Check(server, load);
            output.WriteLine($"round {round}: killed after {await load.RunUntilKilled(server, MaxAnswersPerRound)} answers");
        }

        await using var last = await ServerProcess.Start($"--Audrey:DataDirectory={directory.Path}");
        await Check(last, load);
        await Task.WhenAll(load.Workers.Select(worker => worker.Complete(last)));
        await new Audit(last, load.Deployables).AssertComplete();
    }

    private static async Task Check(ServerProcess server, Load load)
    {
        await Task.WhenAll(load.Workers.Select(worker => worker.ResolveDeletion(server)));
        await new Audit(server, load.Deployables).Run();
    }

    private static int Setting(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
