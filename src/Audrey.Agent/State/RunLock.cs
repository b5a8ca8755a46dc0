using Audrey.Agent.Commands;

namespace Audrey.Agent.State;

/// <summary>Held by the one run that may use a state directory; gone with its process, however that ends.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes it.</summary>
    /// <exception cref="AgentException">Another run has it.</exception>
    public static RunLock Take(StateDirectory state)
    {
        try
        {
            return new RunLock(new FileStream(state.Lock, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException failure)
        {
            throw new AgentException(ExitCode.Busy, $"Another run is under way with {state.Path}: see its progress with the command status.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new AgentException(ExitCode.State, $"The state directory {state.Path} cannot be used: {failure.Message}", failure);
        }
    }

    public void Dispose() => _file.Dispose();
}
