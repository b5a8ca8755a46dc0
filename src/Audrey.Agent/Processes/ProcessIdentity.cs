namespace Audrey.Agent.Processes;

/// <summary>Identifies a process across reboots. The number alone is not sufficient, because the system can reuse it.</summary>
internal static class ProcessIdentity
{
    /// <summary>Returns when the process started, in clock ticks since boot. Null if there is no such process.</summary>
    public static string? FindStartTime(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, which can contain any character. The start time is field 22.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns the boot and the start time of the process. Null if there is no such process.</summary>
    public static string? Find(int pid) => FindStartTime(pid) is { } start ? $"{ReadBoot()} {start}" : null;

    private static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
