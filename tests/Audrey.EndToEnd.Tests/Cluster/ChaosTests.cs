using System.Diagnostics;
using Audrey.EndToEnd.Tests.Crash;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>Runs the short form of <c>tests/chaos</c>, and the tests of its judge.</summary>
[Collection(ProcessTests.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    // The run takes one and a half minutes on an idle machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Under_faults_no_acknowledged_write_is_lost_and_no_reader_goes_back()
    {
        var seed = Random.Shared.Next(100_000);

        await RunAsync("chaos", "4", $"{seed}");
    }

    [Fact]
    public async Task The_judge_finds_each_kind_of_fault() => await RunAsync("chaos-tools/judge_test.py");

    private async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(TestsDirectory(), program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AUDREY_SERVER"] = Path.Combine(AppContext.BaseDirectory, "Audrey.Server.dll");
        using var process = Process.Start(start)!;
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
                .Within($"the end of tests/{program}", Limit);
            await process.WaitForExitAsync();
            output.WriteLine(string.Concat(texts));
            Assert.True(process.ExitCode == 0, $"tests/{program} ended with {process.ExitCode}: {string.Concat(texts)}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string TestsDirectory()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Audrey.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests");
    }
}
