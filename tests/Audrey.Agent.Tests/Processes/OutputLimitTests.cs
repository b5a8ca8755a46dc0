using Audrey.Agent.Processes;
using Audrey.Agent.Running;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Processes;

public sealed class OutputLimitTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_program_that_prints_without_end_is_kept_within_bounds_and_goes_on()
    {
        var (output, stop) = (_directory.File("stdout"), _directory.File("stop"));
        var environment = new ChildEnvironment();
        environment.Set("STOP", stop);
        var run = new ChildProcesses(TimeProvider.System).RunAsync(
            new ChildCommand
            {
                Program = "/bin/sh",
                Arguments = ["-c", "i=0; while ! [ -e $STOP ]; do i=$((i + 1)); printf '%0100d\\n' $i; done; echo the end"],
                Environment = environment,
                Output = output,
                Errors = output,
                Limit = TimeSpan.FromMinutes(1),
                MaxOutputBytes = 100_000,
            },
            CancellationToken.None);
        await Appearing.File(OutputLimit.EarlierOf(output));
        await File.WriteAllTextAsync(stop, "");

        Assert.Equal(new ChildEnd(0), await run);

        Assert.InRange(new FileInfo(output).Length, 0, 100_000);
        Assert.InRange(new FileInfo(OutputLimit.EarlierOf(output)).Length, 1, 50_000);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(OutputLimit.EarlierOf(output)));
        Assert.EndsWith("the end\n", OutputTail.Read(_directory.Path, []), StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_what_was_cut_off_is_kept_beside_it()
    {
        var file = _directory.File("out");
        File.WriteAllText(file, new string('a', 60) + new string('b', 50));

        OutputLimit.Apply(file, 110);
        Assert.Equal(110, new FileInfo(file).Length);
        OutputLimit.Apply(file, 100);

        Assert.Equal(("", new string('b', 50)), (File.ReadAllText(file), File.ReadAllText(OutputLimit.EarlierOf(file))));
    }

    [Fact]
    public void What_is_not_there_is_no_failure() => OutputLimit.Apply(_directory.File("nothing"), 1);
}
