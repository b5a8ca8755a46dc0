namespace Audrey.Agent.Processes;

/// <summary>Identifies a process across reboots. The number alone is not sufficient, because the system can reuse it.</summary>
internal static class ProcessIdentity
{
    /// <summary>Returns when the process started, in clock ticks since boot. Null if there is no such process.</summary>
    public static string? FindStartTime(int pid) => ProcessTable.Find(pid)?.Start;

    /// <summary>Returns the boot and the start time of the process. Null if there is no such process.</summary>
    public static string? Find(int pid) => FindStartTime(pid) is { } start ? $"{ReadBoot()} {start}" : null;

    /// <summary>Returns the id of the current boot.</summary>
    public static string ReadBoot()
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
