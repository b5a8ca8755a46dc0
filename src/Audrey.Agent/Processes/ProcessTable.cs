using System.Globalization;

namespace Audrey.Agent.Processes;

/// <summary>A process in the system's list.</summary>
/// <param name="Pid">The number.</param>
/// <param name="Parent">The number of its parent.</param>
/// <param name="Group">The number of its process group.</param>
/// <param name="State">The state. Z is a process that has ended and is not reaped.</param>
/// <param name="Start">The start, in clock ticks since boot.</param>
/// <param name="Name">The name of the program.</param>
internal sealed record ListedProcess(int Pid, int Parent, int Group, char State, string Start, string Name);

/// <summary>Reads the system's list of processes.</summary>
internal static class ProcessTable
{
    public static IReadOnlyList<ListedProcess> Read()
    {
        var processes = new List<ListedProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Find(pid) is { } process)
                processes.Add(process);
        return processes;
    }

    /// <summary>Returns the process. Null if there is none with this number.</summary>
    public static ListedProcess? Find(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, which can contain any character. The start time is field 22.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var end = stat.LastIndexOf(')');
            var fields = stat[(end + 2)..].Split(' ');
            var (parent, group) = (int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture));
            return new ListedProcess(pid, parent, group, fields[0][0], fields[19], stat[(stat.IndexOf('(') + 1)..end]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns whether the environment of the process contains the assignment NAME=VALUE.</summary>
    public static bool HasVariable(int pid, ReadOnlySpan<byte> assignment)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes($"/proc/{pid}/environ");
            foreach (var range in environment.Split((byte)0))
                if (environment[range].SequenceEqual(assignment))
                    return true;
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
