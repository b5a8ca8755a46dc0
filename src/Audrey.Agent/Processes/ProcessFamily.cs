using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// The processes that a program has started, directly or indirectly, also those in other sessions and process groups. Two signs identify
/// them: a variable in their environment that no other run has, and the agent as their ancestor. The second sign also finds processes that
/// have cleared their environment. It needs an agent that adopts the orphans of its programs.
/// </summary>
internal sealed unsafe partial class ProcessFamily
{
    private const string C = "libc.so.6";

    private const int SetSubreaper = 36, AnyChild = 0, NoHang = 1, Exited = 4, NoReap = 0x01000000;

    /// <summary>The size of the structure siginfo_t, and the position of the process in it, in words of 32 bits.</summary>
    private const int InfoWords = 32, InfoPid = 4;

    /// <summary>
    /// New processes can appear while others are ended. This number of passes is enough for all but a program that forks without end.
    /// </summary>
    private const int MaxPasses = 50;

    private static bool _adopts;

    private readonly byte[]? _mark;
    private readonly HashSet<(int Pid, string Start)> _earlier;

    /// <param name="mark">The assignment NAME=VALUE in the environment that only these processes have. Null if there is none.</param>
    public ProcessFamily(string? mark)
    {
        _mark = mark is null ? null : Encoding.UTF8.GetBytes(mark);
        _earlier = [.. _adopts ? Descendants(ProcessTable.Read()).Select(process => (process.Pid, process.Start)) : []];
    }

    /// <summary>
    /// Makes this process the parent of orphans of its programs. Called once by the program, and not by tests, whose process has other
    /// children.
    /// </summary>
    public static void AdoptOrphans() => _adopts = prctl(SetSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>Removes adopted processes that have ended from the system's list.</summary>
    /// <param name="except">The program that is waited for elsewhere. 0 for none.</param>
    public static void Reap(int except = 0)
    {
        if (!_adopts) return;
        var info = stackalloc int[InfoWords];
        while (true)
        {
            info[InfoPid] = 0;
            // The kernel names one child that has ended, without reaping it. If it is the exception, the next call continues.
            if (waitid(AnyChild, 0, info, Exited | NoHang | NoReap) != 0 || info[InfoPid] == 0 || info[InfoPid] == except) return;
            _ = waitpid(info[InfoPid], out _, NoHang);
        }
    }

    /// <summary>Returns the processes of the program that run.</summary>
    public IReadOnlyList<ListedProcess> Find()
    {
        var table = ProcessTable.Read();
        var descendants = _adopts ? Descendants(table).ToHashSet() : [];
        return [.. table.Where(process => process.State != 'Z' && process.Pid != Environment.ProcessId && IsMember(process, descendants))];
    }

    /// <summary>Sends a signal to each process that is not in the process group.</summary>
    public void SignalOutside(int group, int signal)
    {
        foreach (var process in Find().Where(process => process.Group != group)) _ = kill(process.Pid, signal);
    }

    /// <summary>Kills each process, and those that these start in the meantime.</summary>
    public void Kill()
    {
        for (var pass = 0; pass < MaxPasses && Find() is { Count: > 0 } left; pass++)
            foreach (var process in left)
                _ = kill(process.Pid, NativeSpawn.Kill);
    }

    private bool IsMember(ListedProcess process, HashSet<ListedProcess> descendants)
    {
        if (_mark is not null && ProcessTable.HasVariable(process.Pid, _mark)) return true;
        // The descendants of an earlier service are not members. Some of them started before this program, others have the mark of theirs.
        return descendants.Contains(process)
            && !_earlier.Contains((process.Pid, process.Start))
            && !HasOtherMark(process.Pid);
    }

    private static bool HasOtherMark(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0')
                .Any(assignment => assignment.StartsWith(ChildProcesses.MarkVariable + "=", StringComparison.Ordinal));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static List<ListedProcess> Descendants(IReadOnlyList<ListedProcess> table)
    {
        var children = table.ToLookup(process => process.Parent);
        var found = new List<ListedProcess>();
        var next = new Stack<int>([Environment.ProcessId]);
        while (next.TryPop(out var parent))
            foreach (var child in children[parent])
            {
                found.Add(child);
                next.Push(child.Pid);
            }

        return found;
    }

    [LibraryImport(C)]
    private static partial int prctl(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(C)]
    private static partial int waitid(int kind, uint id, int* info, int options);

    [LibraryImport(C)]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(C)]
    private static partial int kill(int pid, int signal);
}
