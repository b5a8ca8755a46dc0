using System.Globalization;

namespace Audrey.Gateway.Hosting;

/// <summary>How many files this process may have open. Each connection is one.</summary>
/// <param name="max">The limit, or null if there is none or it is unknown.</param>
internal sealed class OpenFiles(long? max)
{
    /// <summary>Files that are reserved for everything but connections of clients: the database, the cluster, the log.</summary>
    private const int Reserved = 1000;

    private const string Name = "Max open files";

    /// <summary>Returns the limit of the system, which the runtime has raised as far as it can.</summary>
    public static OpenFiles OfThisProcess()
    {
        const string limits = "/proc/self/limits";
        return new(File.Exists(limits) ? Read(File.ReadAllLines(limits)) : null);
    }

    /// <summary>The limit, or null if there is none.</summary>
    public long? Max => max;

    /// <summary>How many connections may be open at a time, or null for any number.</summary>
    public long? Connections => max is { } files ? files - Math.Min(Reserved, files / 4) : null;

    /// <summary>Reads the limit from lines in the format of proc_pid_limits(5), or returns null if there is none.</summary>
    internal static long? Read(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var max) ? max : null;
    }
}
