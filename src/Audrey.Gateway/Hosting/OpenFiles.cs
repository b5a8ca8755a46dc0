using System.Globalization;

namespace Audrey.Gateway.Hosting;

/// <summary>How many files, each connection being one, this process may have open.</summary>
/// <param name="most">The limit; null where there is none, or none that can be told.</param>
internal sealed class OpenFiles(long? most)
{
    /// <summary>Left for everything that is no guest's connection: the database, the cluster, the log.</summary>
    private const int Others = 1000;

    private const string Name = "Max open files";

    /// <summary>The limit that the system has set. The runtime has raised it as far as it may go.</summary>
    public static OpenFiles OfThisProcess()
    {
        const string limits = "/proc/self/limits";
        return new(File.Exists(limits) ? Read(File.ReadAllLines(limits)) : null);
    }

    /// <summary>The limit; null where there is none.</summary>
    public long? Max => most;

    /// <summary>The connections that may be open at a time; null where nothing bounds them.</summary>
    public long? Connections => most is { } files ? files - Math.Min(Others, files / 4) : null;

    /// <summary>Reads the limit that is in force, as proc_pid_limits(5) has it; null when there is none.</summary>
    internal static long? Read(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null;
    }
}
