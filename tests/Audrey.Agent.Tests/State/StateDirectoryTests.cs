using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Testing;

namespace Audrey.Agent.Tests.State;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private StateDirectory? _state;

    private StateDirectory State => _state ??= StateDirectory.Open(_directory.File("state"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_file_system_can_be_the_state_directory()
    {
        Directory.CreateDirectory(_directory.File("volume/lost+found"));

        StateDirectory.Open(_directory.File("volume"));

        Assert.True(Directory.Exists(_directory.File("volume/lost+found")));
    }

    /// <summary>
    /// The lock file cannot be created. The program must not report this as another run that holds the lock, because it would then not
    /// retry.
    /// </summary>
    [Fact]
    public void A_lock_that_cannot_be_created_is_a_problem_of_the_state_directory()
    {
        File.CreateSymbolicLink(Path.Combine(State.Path, "lock"), _directory.File("no/such/folder/lock"));

        var problem = Assert.Throws<AgentException>(() => RunLock.Take(State));

        Assert.Equal(AgentExitCode.State, problem.Code);
        Assert.Contains("cannot be used: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_with_other_files_is_not_used_as_state_directory()
    {
        Write("mine/letter", "x");
        var mode = File.GetUnixFileMode(_directory.File("mine"));

        var refusal = Assert.Throws<AgentException>(() => StateDirectory.Open(_directory.File("mine")));

        Assert.Contains("holds other files", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(mode, File.GetUnixFileMode(_directory.File("mine")));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
    }
}
