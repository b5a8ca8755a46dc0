using Audrey.Agent.Processes;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Processes;

public sealed class LeftoverProcessTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private LeftoverProcess Leftover => new(_directory.File("child"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_program_of_a_killed_run_is_terminated_once()
    {
        var run = new ChildProcesses(TimeProvider.System, Leftover).RunAsync(Sleep("1000"), default);
        Assert.True(File.Exists(_directory.File("child")));

        Assert.True(Leftover.Kill());

        Assert.Equal(128 + 9, (await run.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System)).Status);
        Assert.False(Leftover.Kill());
    }

    [Fact]
    public async Task The_record_is_removed_when_the_program_ends()
    {
        Assert.Equal(0, (await new ChildProcesses(TimeProvider.System, Leftover).RunAsync(Sleep("0"), default)).Status);
        Assert.False(File.Exists(_directory.File("child")));
    }

    [Fact]
    public async Task A_later_process_with_the_same_number_is_not_touched()
    {
        using var stop = new CancellationTokenSource();
        var run = new ChildProcesses(TimeProvider.System, Leftover).RunAsync(Sleep("1000"), stop.Token);
        var pid = (await File.ReadAllTextAsync(_directory.File("child"))).Split(' ')[0];
        foreach (var written in new[] { $"{pid} 1", pid, "1 1", "x y", "" })
        {
            await File.WriteAllTextAsync(_directory.File("child"), written);
            Assert.False(Leftover.Kill());
        }

        Assert.False(run.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }

    private ChildCommand Sleep(string seconds) => new()
    {
        Program = "/bin/sleep",
        Arguments = [seconds],
        Environment = new ChildEnvironment(),
        Output = _directory.File("output"),
        Errors = _directory.File("errors"),
        MaxTime = TimeSpan.FromMinutes(1),
    };
}
