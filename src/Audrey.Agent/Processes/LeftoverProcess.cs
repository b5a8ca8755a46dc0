using System.Globalization;
using System.Text;
using Audrey.Agent.Files;

namespace Audrey.Agent.Processes;

/// <summary>
/// A record of the program that is running. If the agent is killed, the program continues. The next run ends the program before it runs the
/// same service again.
/// </summary>
/// <param name="path">The file that holds the record.</param>
internal sealed class LeftoverProcess(string path)
{
    /// <summary>Records that the process is running. The start time distinguishes it from a later process with the same number.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="mark">The assignment in the environment that identifies the processes of the program. Null if there is none.</param>
    public void Record(int pid, string? mark)
    {
        if (ProcessIdentity.FindStartTime(pid) is not { } start) return;
        try
        {
            AgentFiles.Write(path, Encoding.UTF8.GetBytes($"{pid} {start} {mark}"));
        }
        catch (IOException)
        {
            // The disk is full. The program runs nevertheless, and the agent waits until the program ends.
        }
    }

    public void Clear() => File.Delete(path);

    /// <summary>
    /// Kills the process that an earlier run left behind, with its process group and all processes that it started. Returns whether there
    /// was such a process.
    /// </summary>
    public bool Kill()
    {
        if (!File.Exists(path)) return false;
        var record = File.ReadAllText(path).Split(' ', 3);
        Clear();
        if (record.Length < 2
            || !int.TryParse(record[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || pid <= 1)
            return false;

        var family = record is [_, _, { Length: > 0 } mark] ? new ProcessFamily(mark) : null;
        var runs = ProcessIdentity.FindStartTime(pid) == record[1];
        if (runs) NativeSpawn.Signal(pid, NativeSpawn.Kill);
        if (family is null || family.Find().Count == 0) return runs;
        family.Kill();
        return true;
    }
}
