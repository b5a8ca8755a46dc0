using System.Globalization;

namespace Audrey.Gateway.Hosting;

/// <summary>The number of files that this process can have open. Each connection counts as one file.</summary>
/// <param name="max">The limit, or null if the system has no limit or the limit is unknown.</param>
internal sealed class OpenFiles(long? max)
{
    /// <summary>
    /// The number of files that are reserved for the database, the cluster and the log. All other files can be connections of clients.
    /// </summary>
    private const int Reserved = 1000;

    private const string Name = "Max open files";

    /// <summary>Returns the system's limit for this process. The runtime has raised this limit as far as possible.</summary>
    public static OpenFiles OfThisProcess()
    {
        const string limits = "/proc/self/limits";
        return new(File.Exists(limits) ? Read(File.ReadAllLines(limits)) : null);
    }

    /// <summary>The limit, or null if the system has no limit.</summary>
    public long? Max => max;

    /// <summary>Gets the maximum number of open connections. Null if there is no limit.</summary>
    public long? Connections => max is { } files ? files - Math.Min(Reserved, files / 4) : null;

    /// <summary>Reads the limit from lines in the format of proc_pid_limits(5), or returns null if the lines contain no limit.</summary>
    internal static long? Read(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var max) ? max : null;
    }
}
