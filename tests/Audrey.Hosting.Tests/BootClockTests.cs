using System.Globalization;

namespace Audrey.Hosting.Tests;

public sealed class BootClockTests
{
    [Fact]
    public void The_timestamps_are_the_time_since_the_machine_started_including_sleep()
    {
        if (!OperatingSystem.IsLinux()) return;
        var before = Uptime();
        var clock = BootClock.Instance.GetElapsedTime(0);
        var after = Uptime();

        Assert.InRange(clock.TotalSeconds, before, after + 0.01);
    }

    // The kernel counts the time of sleep in this file. It rounds down to hundredths of a second.
    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
