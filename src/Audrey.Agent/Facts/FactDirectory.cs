using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Facts;

/// <summary>
/// Facts of a directory's files: those that are executable are run and their output read, those that end in <c>.txt</c> are read. Both
/// hold lines of name=value. Files are taken in the order of their names; of the same fact the last counts.
/// </summary>
internal sealed class FactDirectory(string path, StateDirectory state, ChildProcesses processes, Action<string> warn) : IFactSource
{
    /// <summary>How long an executable may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode OthersMayWrite = UnixFileMode.OtherWrite;

    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            var mode = File.GetUnixFileMode(file);
            if ((mode & OthersMayWrite) != 0)
            {
                Warn($"{file}: anybody may write to it; it is ignored");
                continue;
            }

            var values = (mode & Executable) != 0 ? await RunAsync(file, cancellationToken)
                : file.EndsWith(".txt", StringComparison.Ordinal) ? FactLines.ReadFile(file, file, Warn)
                : [];
            foreach (var (name, value) in values) found[name] = value;
        }

        return found;
    }

    /// <summary>Once for each message: the directory is read again for as long as a name is not known.</summary>
    private void Warn(string message)
    {
        if (_warned.Add(message)) warn(message);
    }

    private string[] Files()
    {
        try
        {
            return [.. Directory.EnumerateFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Warn($"The directory of facts {path} cannot be read: {failure.Message}");
            return [];
        }
    }

    private async Task<Dictionary<string, byte[]>> RunAsync(string file, CancellationToken cancellationToken)
    {
        var folder = state.NewTemporary();
        try
        {
            var output = Path.Combine(folder, "output");
            var end = await processes.RunAsync(
                new ChildCommand
                {
                    Program = Path.GetFullPath(file),
                    Environment = new ChildEnvironment(),
                    Output = output,
                    Errors = Path.Combine(folder, "errors"),
                    Limit = Limit,
                },
                cancellationToken);
            if (end is { Status: 0, Problem: null }) return FactLines.ReadFile(output, file, Warn);
            Warn($"{file}: {end.Problem ?? $"it ended with {end.Status}"}; what it printed is ignored");
            return [];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
