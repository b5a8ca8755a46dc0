using System.Globalization;
using System.Text;
using Audrey.Agent.State;

namespace Audrey.Agent.Processes;

/// <summary>
/// The program that runs, written down while it does. When the agent itself is killed, what it had started goes on: the next run ends
/// that before it runs the same service again.
/// </summary>
/// <param name="path">Where it is written down.</param>
internal sealed class LeftoverProcess(string path)
{
    /// <summary>Writes down that it runs. A process is told from a later one with the same number by when it started.</summary>
    public void Remember(int pid)
    {
        if (StartOf(pid) is not { } start) return;
        try
        {
            StateDirectory.Write(path, Encoding.ASCII.GetBytes($"{pid} {start}"));
        }
        catch (IOException)
        {
            // On a full disk the program runs all the same; whoever started it waits for its end.
        }
    }

    public void Forget() => File.Delete(path);

    /// <summary>Ends what an earlier run has left behind, with its whole process group; true if there was something.</summary>
    public bool End()
    {
        if (!File.Exists(path)) return false;
        var written = File.ReadAllText(path).Split(' ');
        Forget();
        if (written is not [var number, var start]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || pid <= 1
            || StartOf(pid) != start)
            return false;

        NativeSpawn.Signal(pid, NativeSpawn.Kill);
        return true;
    }

    /// <summary>When the process started, in the kernel's ticks; null if there is none.</summary>
    private static string? StartOf(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, which may hold anything; the start is the twenty-second.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
