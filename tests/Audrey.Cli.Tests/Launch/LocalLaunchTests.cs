using System.Diagnostics;
using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

public sealed class LocalLaunchTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_whole_deployable_is_configured_on_this_machine()
    {
        var result = await Support.Cli.RunAsync("launch", Examples.Wordpress, "--local", "--show-output", "--for", "60");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("complete, 2 of 2 instances configured", result.Out, StringComparison.Ordinal);
        Assert.Contains("apache[http] wrote: wordpress uses the database at 127.0.0.1:3306, which ended with 0", result.OutLines);
        Assert.DoesNotContain("only the guest", result.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(DirectoryOf(result)));
    }

    [Fact]
    public async Task A_group_gives_its_values_to_instances_that_refer_to_it()
    {
        var result = await Support.Cli.RunAsync("launch", Examples.Farm, "--local", "--show-output", "--for", "60");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("complete, 4 of 4 instances configured", result.Out, StringComparison.Ordinal);
        Assert.Contains(
            result.OutLines,
            line => line.StartsWith("proxy[balance] wrote: balancing between 127.0.0.1 127.0.0.1", StringComparison.Ordinal));
        Assert.Contains("web-2[http] wrote: serving on port 8080", result.OutLines);
    }

    [Fact]
    public async Task After_a_failed_service_the_exit_code_is_1_and_the_report_shows_the_failure()
    {
        File.WriteAllText(_directory.File("one.xml"), Examples.Script("exit 7"));

        var result = await Support.Cli.RunAsync(
            "launch",
            _directory.File("one.xml"),
            "--local",
            "--set",
            "web[http].password=hunter2",
            "--json",
            "--for",
            "60");

        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal((1, "failed"), (result.Code, json.RootElement.GetProperty("status").GetString()));
        Assert.Equal("7", json.RootElement.GetProperty("instances")[0].GetProperty("services")[0].GetProperty("exitStatus").GetString());
        Assert.DoesNotContain("hunter2", result.Out + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failed_service_the_report_and_the_shown_output_have_what_the_script_wrote_to_both_outputs()
    {
        File.WriteAllText(_directory.File("one.xml"), Examples.Script("echo said; echo 'ERROR why hunter2' >&2; exit 7"));

        var result = await Support.Cli.RunAsync(
            "launch",
            _directory.File("one.xml"),
            "--local",
            "--set",
            "web[http].password=hunter2",
            "--show-output",
            "--for",
            "60");

        Assert.Equal(1, result.Code);
        var lines = result.OutLines.Select(line => line.Trim()).ToArray();
        var report = Array.FindLastIndex(lines, line => line == "service http: failed with exit status 7");
        Assert.StartsWith("run 1 began ", lines[report + 1], StringComparison.Ordinal);
        Assert.Matches("^run 1 ended .* with exit status 7 after [0-9.]+ s$", lines[report + 2]);
        Assert.Equal(["| said", "| ERROR why [secret]"], lines[(report + 3)..(report + 5)]);
        Assert.Contains("web[http] wrote: said", lines);
        Assert.Contains("web[http] wrote to stderr: ERROR why hunter2", lines);
    }

    [Fact]
    public async Task A_service_that_takes_too_long_is_stopped_and_the_exit_code_is_6()
    {
        var pid = _directory.File("pid");
        File.WriteAllText(_directory.File("one.xml"), Examples.Script($"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600"));

        var result = await Support.Cli.RunAsync(
            "launch",
            _directory.File("one.xml"),
            "--local",
            "--set",
            "web[http].password=x",
            "--for",
            "8");

        Assert.Equal(6, result.Code);
        Assert.True(File.Exists(pid), "the service never started: " + result.Error);
        Assert.False(IsRunning(File.ReadAllText(pid).Trim()));
    }

    [Fact]
    public async Task An_interrupted_launch_leaves_nothing_running()
    {
        var pid = _directory.File("pid");
        File.WriteAllText(_directory.File("one.xml"), Examples.Script($"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600"));
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "audrey.dll"),
                "launch",
                _directory.File("one.xml"),
                "--local",
                "--set",
                "web[http].password=x"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line
                && !line.EndsWith("is running", StringComparison.Ordinal))
                continue;
            await FileWait.UntilExists(pid, filled: true);
            using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        Assert.Equal(130, process.ExitCode);
        Assert.False(IsRunning(File.ReadAllText(pid).Trim()));
    }

    /// <summary>A timer of the guest program allows at most 49.7 days.</summary>
    [Fact]
    public async Task A_launch_of_a_year_is_allowed()
    {
        File.WriteAllText(_directory.File("one.xml"), Examples.Script("exit 0"));

        string[] launch = ["launch", _directory.File("one.xml"), "--local", "--set", "web[http].password=x", "--for", "365d"];
        var result = await Support.Cli.RunAsync(launch).WaitAsync(Limit);

        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task The_output_names_a_kept_directory_and_the_directory_contains_the_files_of_the_instances()
    {
        var result = await Support.Cli.RunAsync("launch", Examples.Wordpress, "--local", "--keep", "--for", "60");

        var directory = DirectoryOf(result);
        try
        {
            Assert.Contains(directory, result.Error, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(directory, "apache", "guest.log")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string DirectoryOf(CliResult result) =>
        result.OutLines.First(line => line.Contains(" boot in ", StringComparison.Ordinal)).Split(" boot in ")[1];

    // A zombie process is not running. It exists only until its parent has waited for it.
    private static bool IsRunning(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
