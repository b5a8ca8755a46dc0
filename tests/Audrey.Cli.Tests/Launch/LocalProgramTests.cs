using Audrey.Cli.Exit;
using Audrey.Cli.Launching.Local;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

public sealed class LocalProgramTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_error_for_a_missing_program_names_its_package()
    {
        var failure = Assert.Throws<CommandFailure>(
            () => new LocalProgram("no-such-program", "audrey-server", _directory.File("none")).StartInfo());

        Assert.Equal((ExitCode.Failed, "The program no-such-program is not on this machine; --local starts it. "
            + "Install the package audrey-server."), (failure.Code, failure.Message));
    }

    [Fact]
    public void Without_a_program_beside_the_command_the_program_of_the_package_is_started()
    {
        File.WriteAllText(_directory.File("installed"), "");

        var start = new LocalProgram("no-such-program", "audrey-server", _directory.File("installed")).StartInfo("--version");

        Assert.Equal(_directory.File("installed"), start.FileName);
        Assert.Equal(["--version"], start.ArgumentList);
    }

    /// <summary>A build has both programs in the directory of the command.</summary>
    [Fact]
    public void The_program_beside_the_command_takes_precedence() => Assert.All(
        [LocalProgram.Server, LocalProgram.Guest],
        program => Assert.Equal(Path.Combine(AppContext.BaseDirectory, $"{program.Name}.dll"), program.StartInfo().ArgumentList[0]));
}
