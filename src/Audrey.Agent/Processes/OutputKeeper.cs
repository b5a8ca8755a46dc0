using System.Globalization;
using Audrey.Agent.Files;

namespace Audrey.Agent.Processes;

/// <summary>
/// Bounds the output of processes that services left running. Such a process writes to the files of its service also after the run has
/// ended. A second process of this program watches the files and ends when nothing writes to them any more.
/// </summary>
internal static class OutputKeeper
{
    /// <summary>The name of the command. It is not for users.</summary>
    public const string Command = "keep-output";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Starts the second process. If there is one already, the new one ends at once.</summary>
    /// <param name="state">The path of the state directory.</param>
    public static void Start(string state)
    {
        if (Environment.ProcessPath is not { } program) return;
        // The program is one file. In development, a host runs its assembly.
        var assembly = Environment.GetCommandLineArgs()[0];
        string[] host = assembly.EndsWith(".dll", StringComparison.Ordinal) ? [assembly] : [];
        _ = NativeSpawn.Start(
            program, [program, .. host, Command, "--state", state], new ChildEnvironment().Render(), "/dev/null", "/dev/null", out _);
    }

    /// <summary>Keeps the files below their maximum size as long as another process writes to one of them.</summary>
    /// <param name="folder">The folder with a folder of output for each service.</param>
    /// <param name="lockPath">The lock file, which only one such process holds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public static async Task KeepAsync(string folder, string lockPath, TimeProvider time, CancellationToken cancellationToken)
    {
        if (FindWritten(folder).Count == 0) return;
        using var only = TryLock(lockPath);
        if (only is null) return;
        while (FindWritten(folder) is { Count: > 0 } files)
        {
            foreach (var (file, descriptor) in files)
                if (File.Exists(file)) OutputLimit.Apply(file, OutputLimit.MaxBytes);
                else OutputLimit.Empty(descriptor, OutputLimit.MaxBytes);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = AgentFiles.FileMode,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the output files that a process has open, each with a path below /proc that opens it. A file that a later run of the service
    /// has deleted can be opened only by that path.
    /// </summary>
    private static List<(string File, string Descriptor)> FindWritten(string folder)
    {
        var found = new List<(string File, string Descriptor)>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out _)) continue;
            try
            {
                foreach (var descriptor in Directory.EnumerateFiles(process + "/fd"))
                    if (new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith(folder + "/", StringComparison.Ordinal))
                        found.Add((target, descriptor));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The process has ended, or it belongs to another user.
            }
        }

        return found;
    }
}
