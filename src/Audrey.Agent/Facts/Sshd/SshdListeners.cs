using Audrey.Agent.Processes;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>A port that the kernel listens on for sshd.</summary>
/// <param name="Port">The port.</param>
/// <param name="Owner">The process and the address, for people.</param>
internal sealed record SshdListener(int Port, string Owner);

/// <summary>Finds the ports that sshd really listens on.</summary>
internal static class SshdListeners
{
    private const int Systemd = 1;

    /// <summary>
    /// Returns the ports of all processes of sshd in this network namespace. With a socket unit, also those of its ports that systemd
    /// listens on, because systemd starts sshd only for a connection.
    /// </summary>
    /// <exception cref="FactException">A process of sshd cannot be read.</exception>
    public static IReadOnlyList<SshdListener> Find(IReadOnlyList<int>? socketUnit)
    {
        var sockets = ListeningSockets.Read();
        var found = new List<SshdListener>();
        foreach (var process in ProcessTable.Read().Where(process => IsSshd(process.Pid)))
            found.AddRange(Select(process.Pid, process.Name, sockets));
        if (socketUnit is { Count: > 0 })
            found.AddRange(Select(Systemd, "systemd", sockets).Where(listener => socketUnit.Contains(listener.Port)));
        return found;
    }

    private static IEnumerable<SshdListener> Select(int pid, string name, IReadOnlyList<ListeningSocket> sockets)
    {
        var inodes = ListeningSockets.FindInodes(pid) ?? [];
        return from socket in sockets
               where inodes.Contains(socket.Inode)
               select new SshdListener(socket.Address.Port, $"{name} (process {pid}) on {socket.Address}");
    }

    /// <summary>A process can have any name, so its program counts. The program of a process before an upgrade is deleted.</summary>
    private static bool IsSshd(int pid)
    {
        try
        {
            var program = new FileInfo($"/proc/{pid}/exe").LinkTarget;
            return program is not null && Path.GetFileName(program) is "sshd" or "sshd (deleted)";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or it belongs to another user. The name of a process can be read in both cases.
            return ProcessTable.Find(pid)?.Name == "sshd";
        }
    }
}
