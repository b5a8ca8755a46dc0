using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// Facts from the files of a directory. Executable files are run and their output is read. Files that end in <c>.txt</c> are read. Text
/// files and output contain lines of name=value. The files are processed in the order of their names. If a fact has several values, the
/// last value counts.
/// </summary>
internal sealed class FactDirectory(string path, StateDirectory state, ChildProcesses processes, TimeProvider time, IAgentLog log)
    : IFactSource
{
    /// <summary>The directory if the command line does not name another one.</summary>
    public const string DefaultFolder = "/etc/audrey-instance-config/facts.d";

    /// <summary>The maximum time that an executable may run.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// The time between two runs of an executable doubles up to this maximum. Otherwise the executables would run in every round while one
    /// requested name is not known.
    /// </summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (Dictionary<string, byte[]> Values, long Time, TimeSpan Interval)> _outputs =
        new(StringComparer.Ordinal);

    /// <summary>Writes each message once, because the directory is read repeatedly while a name is not known.</summary>
    private readonly OnceLog _log = new(log);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            try
            {
                foreach (var (name, value) in await ReadAsync(file, cancellationToken)) found[name] = value;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The file can be a dangling link, for example. The other files are still used.
                _log.Write($"{file} cannot be read and is ignored: {failure.Message}");
            }
        }

        return found;
    }

    private async Task<Dictionary<string, byte[]>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var mode = File.GetUnixFileMode(file);
        if ((mode & UnixFileMode.OtherWrite) != 0)
        {
            _log.Write($"{file} is ignored, because every user can write to it");
            return [];
        }

        return (mode & Executable) != 0 ? await RunIfDueAsync(file, cancellationToken)
            : file.EndsWith(".txt", StringComparison.Ordinal) ? NameValueLines.ReadFile(file, file, _log)
            : [];
    }

    private string[] Files()
    {
        try
        {
            return [.. Directory.EnumerateFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Write($"The directory of facts {path} cannot be read: {failure.Message}");
            return [];
        }
    }

    /// <summary>Returns the output of the executable. If the executable has run a short time ago, its last output is used.</summary>
    private async Task<Dictionary<string, byte[]>> RunIfDueAsync(string file, CancellationToken cancellationToken)
    {
        var interval = FirstInterval;
        if (_outputs.TryGetValue(file, out var last))
        {
            if (time.GetElapsedTime(last.Time) < last.Interval) return last.Values;
            interval = last.Interval * 2 < MaxInterval ? last.Interval * 2 : MaxInterval;
        }

        var values = await RunAsync(file, cancellationToken);
        _outputs[file] = (values, time.GetTimestamp(), interval);
        return values;
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
                    MaxTime = MaxTime,
                },
                cancellationToken);
            if (end is { Status: 0, Problem: null }) return NameValueLines.ReadFile(output, file, _log);
            _log.Write($"{file}: {end.Problem ?? $"it ended with {end.Status}"}. Its output is ignored");
            return [];
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }
}
