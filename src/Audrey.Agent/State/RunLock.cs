using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;

namespace Audrey.Agent.State;

/// <summary>The lock of a state directory. One run holds the lock. The system releases the lock when the process ends.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The error number if another process holds the lock.</summary>
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Acquires the lock.</summary>
    /// <exception cref="AgentException">Another run holds the lock, or the lock file cannot be created.</exception>
    public static RunLock Take(StateDirectory state)
    {
        try
        {
            return new RunLock(new FileStream(state.Lock, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = AgentFiles.FileMode,
            }));
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            throw new AgentException(
                AgentExitCode.Busy, $"Another run is using {state.Path}. The command status shows its progress.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(AgentExitCode.State, $"The state directory {state.Path} cannot be used: {failure.Message}", failure);
        }
    }

    public void Dispose() => _file.Dispose();
}
