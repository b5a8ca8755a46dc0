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
    public void Record(int pid)
    {
        if (ProcessIdentity.FindStartTime(pid) is not { } start) return;
        try
        {
            AgentFiles.Write(path, Encoding.ASCII.GetBytes($"{pid} {start}"));
        }
        catch (IOException)
        {
            // The disk is full. The program runs nevertheless, and the agent waits until the program ends.
        }
    }

    public void Clear() => File.Delete(path);

    /// <summary>
    /// Kills the process that an earlier run left behind, with its whole process group. Returns whether there was such a process.
    /// </summary>
    public bool Kill()
    {
        if (!File.Exists(path)) return false;
        var record = File.ReadAllText(path).Split(' ');
        Clear();
        if (record is not [var number, var start]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || pid <= 1
            || ProcessIdentity.FindStartTime(pid) != start)
            return false;

        NativeSpawn.Signal(pid, NativeSpawn.Kill);
        return true;
    }
}
