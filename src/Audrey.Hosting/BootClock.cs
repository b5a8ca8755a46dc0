using System.Runtime.InteropServices;

namespace Audrey.Hosting;

/// <summary>
/// A clock whose timestamps also count the time for which the machine sleeps. The timestamps of <see cref="TimeProvider.System"/> stand
/// still during that time. All other members behave like those of <see cref="TimeProvider.System"/>.
/// </summary>
/// <remarks>
/// The clock is CLOCK_BOOTTIME of Linux. Other operating systems have their usual timestamps. A hypervisor that pauses a virtual machine
/// can stop this clock too.
/// </remarks>
public sealed partial class BootClock : TimeProvider
{
    private const int BootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootClock()
    {
    }

    /// <summary>The only instance.</summary>
    public static BootClock Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => OperatingSystem.IsLinux() ? NanosecondsPerSecond : base.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        if (!OperatingSystem.IsLinux()) return base.GetTimestamp();
        if (GetTime(BootTime, out var now) != 0) throw new InvalidOperationException("The kernel has no clock CLOCK_BOOTTIME.");
        return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    private static partial int GetTime(int clock, out TimeSpecification time);

    /// <summary>The structure <c>timespec</c> of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpecification
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
