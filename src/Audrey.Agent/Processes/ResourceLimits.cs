using System.Globalization;
using System.Runtime.InteropServices;

namespace Audrey.Agent.Processes;

/// <summary>
/// The resource limits of the programs that the agent starts. A shell, systemd and the runtime set different limits, and a program inherits
/// them. So the agent sets the limits that systemd gives to a service by default.
/// </summary>
internal static unsafe partial class ResourceLimits
{
    private const string C = "libc.so.6";

    /// <summary>The prefix of the agent's variables that set a limit, as in <c>AUDREY_LIMIT_NOFILE=65536</c>.</summary>
    private const string SettingPrefix = "AUDREY_LIMIT_";

    private const ulong Unlimited = ulong.MaxValue;
    private const ulong MiB = 1024 * 1024;

    /// <summary>The name, the number on Linux, the soft limit and the hard limit.</summary>
    private static readonly (string Name, int Number, ulong Soft, ulong Hard)[] Defaults =
    [
        ("CPU", 0, Unlimited, Unlimited),
        ("FSIZE", 1, Unlimited, Unlimited),
        ("DATA", 2, Unlimited, Unlimited),
        ("STACK", 3, 8 * MiB, Unlimited),
        ("CORE", 4, 0, Unlimited),
        ("RSS", 5, Unlimited, Unlimited),
        ("NOFILE", 7, 1024, 524_288),
        ("MEMLOCK", 8, 8 * MiB, 8 * MiB),
        ("AS", 9, Unlimited, Unlimited),
        ("LOCKS", 10, Unlimited, Unlimited),
    ];

    /// <summary>
    /// Sets the limits of this process, which its programs inherit. Only root can raise a hard limit. For other users the hard limit stays,
    /// and the soft limit is at most the hard limit.
    /// </summary>
    public static void Reset()
    {
        foreach (var (name, number, soft, hard) in Defaults)
        {
            var setting = ReadSetting(name);
            var limit = new Limit { Soft = setting ?? soft, Hard = Math.Max(setting ?? 0, hard) };
            if (setrlimit(number, &limit) == 0) continue;
            Limit current;
            if (getrlimit(number, &current) != 0) continue;
            limit = new Limit { Soft = Math.Min(limit.Soft, current.Hard), Hard = current.Hard };
            _ = setrlimit(number, &limit);
        }
    }

    /// <summary>Returns the soft limit that the agent's environment sets. Null if it sets none.</summary>
    private static ulong? ReadSetting(string name) => Environment.GetEnvironmentVariable(SettingPrefix + name) switch
    {
        "unlimited" or "infinity" => Unlimited,
        var text when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) => limit,
        _ => null,
    };

    [LibraryImport(C)]
    private static partial int setrlimit(int resource, Limit* limit);

    [LibraryImport(C)]
    private static partial int getrlimit(int resource, Limit* limit);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
