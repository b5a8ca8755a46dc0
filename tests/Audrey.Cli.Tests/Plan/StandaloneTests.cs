using System.Diagnostics;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Plan;

/// <summary>Uses the guest program itself to check the user data for guests without a server.</summary>
public sealed class StandaloneTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_guest_program_configures_itself_from_the_user_data_of_a_plan()
    {
        var (document, output, written) = (_directory.File("one.xml"), _directory.File("out"), _directory.File("written"));
        File.WriteAllText(document, Examples.Script($"printf %s \"$AUDREY_VAR_http_password\" > {written}"));
        var plan = await Support.Cli.RunAsync(
            "plan",
            document,
            "--format",
            "standalone",
            "--output",
            output,
            "--set",
            "web[http].password=0644 \"no\" %{x}");
        Assert.Equal((0, ""), (plan.Code, plan.Error));

        var code = await RunGuestAsync(
            "run",
            "--user-data",
            Path.Combine(output, "web", "user-data"),
            "--state",
            _directory.File("state"),
            "--deadline",
            "50");

        Assert.Equal((0, "0644 \"no\" %{x}"), (code, File.ReadAllText(written)));
    }

    private static async Task<int> RunGuestAsync(params string[] arguments)
    {
        using var process = Process.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "audrey-instance-config.dll"), .. arguments]);
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
