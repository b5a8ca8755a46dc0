using Audrey.Agent.Processes;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Processes;

/// <summary>The test process itself has the file of output open, as a process that a service left running has.</summary>
public sealed class OutputKeeperTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public OutputKeeperTests() => Directory.CreateDirectory(_directory.File("services/s"));

    private string Output => _directory.File("services/s/stdout");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Output_is_bounded_until_the_last_process_closes_it()
    {
        var output = File.Open(Output, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        output.SetLength(OutputLimit.MaxBytes + 1);

        var keep = KeepAsync();
        Assert.Equal((0, OutputLimit.MaxBytes / 2), (output.Length, new FileInfo(OutputLimit.EarlierPath(Output)).Length));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(keep.IsCompleted);
        await output.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        await keep.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    /// <summary>The next run of a service deletes the output of the last run. A process of the last run still writes to it.</summary>
    [Fact]
    public async Task Output_that_a_later_run_has_deleted_is_bounded_too()
    {
        var output = File.Open(Output, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        output.SetLength(OutputLimit.MaxBytes + 1);
        File.Delete(Output);

        var keep = KeepAsync();
        Assert.Equal(0, output.Length);
        await output.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        await keep.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task Without_an_open_file_nothing_is_written_to_the_state_directory()
    {
        await KeepAsync();

        Assert.Equal([_directory.File("services")], Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    private Task KeepAsync() => OutputKeeper.KeepAsync(_directory.File("services"), _directory.File("lock"), _time, CancellationToken.None);
}
