using System.Runtime.InteropServices;

namespace Audrey.Agent.Processes;

/// <summary>
/// The user that the agent runs as. The variables HOME and USER are not used: after su or sudo they belong to another user.
/// </summary>
internal static unsafe partial class UserAccount
{
    private const string C = "libc.so.6";

    /// <summary>With this mask, other users can read the files that services create. Only the owner can write to these files.</summary>
    private const uint DefaultMask = 0b000_010_010;

    /// <summary>Returns the name and home directory of the user.</summary>
    public static (string Name, string Home) Read()
    {
        // The structure passwd of glibc: name, password, user and group (together one word), comment, home, shell.
        const int name = 0, home = 4;
        var account = getpwuid(geteuid());
        if (account is null) return ("root", "/");
        var folder = Marshal.PtrToStringUTF8(account[home]);
        return (Marshal.PtrToStringUTF8(account[name]) ?? "root", string.IsNullOrEmpty(folder) ? "/" : folder);
    }

    /// <summary>
    /// Sets the mask of new files, for this process and the programs that it starts. The agent's own files have explicit modes.
    /// </summary>
    public static void ResetFileMask() => _ = umask(DefaultMask);

    [LibraryImport(C)]
    private static partial uint umask(uint mask);

    [LibraryImport(C)]
    private static partial uint geteuid();

    [LibraryImport(C)]
    private static partial nint* getpwuid(uint user);
}
