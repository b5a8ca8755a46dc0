using Audrey.Agent.Processes;
using Audrey.Agent.Stages.Report;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Processes;

public sealed class OutputLimitTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_output_of_a_program_is_limited_while_the_program_runs()
    {
        var (output, stop) = (_directory.File("stdout"), _directory.File("stop"));
        var environment = new ChildEnvironment();
        environment.Set("STOP", stop);
        var run = new ChildProcesses(TimeProvider.System).RunAsync(
            new ChildCommand
            {
                Program = "/bin/sh",
                // The last line is written many times, because output that is written while the file is truncated is lost.
                Arguments = ["-c", "i=0; while ! [ -e $STOP ]; do i=$((i + 1)); printf '%0100d\\n' $i; done; yes the end | head -n 1000"],
                Environment = environment,
                Output = output,
                Errors = output,
                MaxTime = TimeSpan.FromMinutes(1),
                MaxOutputBytes = 100_000,
            },
            CancellationToken.None);
        await FileWait.UntilExists(OutputLimit.EarlierPath(output));
        await File.WriteAllTextAsync(stop, "");

        Assert.Equal(new ChildResult(0), await run);

        Assert.InRange(new FileInfo(output).Length, 0, 100_000);
        Assert.InRange(new FileInfo(OutputLimit.EarlierPath(output)).Length, 1, 50_000);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(OutputLimit.EarlierPath(output)));
        Assert.EndsWith("the end\n", OutputTail.Read(_directory.Path, []), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_part_of_the_removed_output_is_kept_in_a_second_file()
    {
        var file = _directory.File("out");
        File.WriteAllText(file, new string('a', 60) + new string('b', 50));

        OutputLimit.Apply(file, 110);
        Assert.Equal(110, new FileInfo(file).Length);
        OutputLimit.Apply(file, 100);

        Assert.Equal(("", new string('b', 50)), (File.ReadAllText(file), File.ReadAllText(OutputLimit.EarlierPath(file))));
    }

    [Fact]
    public void A_missing_file_is_not_an_error() => OutputLimit.Apply(_directory.File("nothing"), 1);
}
