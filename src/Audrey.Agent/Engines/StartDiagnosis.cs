using System.Text;

namespace Audrey.Agent.Engines;

/// <summary>
/// Finds the reason why the system could not start a script. Without it, only the exit status 126 or 127 would be visible.
/// </summary>
internal static class StartDiagnosis
{
    private const int MaxFirstLine = 512;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Returns the reason and the remedy. Null if the script could be started, so that it chose the exit status itself.</summary>
    /// <param name="name">The name of the script for the message.</param>
    /// <param name="path">The absolute path of the script.</param>
    /// <param name="searchPath">The variable PATH of the script.</param>
    public static string? Explain(string name, string path, string searchPath)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & Executable) == 0)
                return $"{name} is not executable; set its mode to 0755 before it is packed";
            if (IsOnNoExecMount(path))
                return $"{path} is on a file system that is mounted with noexec; mount it without noexec, or use another --state";
            return ExplainFirstLine(name, ReadFirstLine(path), searchPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ExplainFirstLine(string name, string line, string searchPath)
    {
        if (line.StartsWith('\uFEFF'))
            return $"{name} begins with a byte order mark; save it as UTF-8 without one";
        // A script without an interpreter is run by /bin/sh.
        if (!line.StartsWith("#!", StringComparison.Ordinal)) return null;
        if (line.EndsWith('\r'))
            return $"line 1 of {name} ends with CR LF, so the interpreter's name ends with CR; save the file with LF line ends";
        string[] words = line[2..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return null;
        if (!File.Exists(words[0])) return $"the interpreter {words[0]} in line 1 of {name} is not installed";
        // With env, the interpreter is searched for in PATH.
        var isEnv = Path.GetFileName(words[0]) == "env";
        var program = isEnv ? words.Skip(1).FirstOrDefault(word => !word.StartsWith('-') && !word.Contains('=')) : null;
        return program is null || program.Contains('/') || searchPath.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))
            ? null
            : $"the interpreter {program} in line 1 of {name} is not installed in {searchPath}";
    }

    private static string ReadFirstLine(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[MaxFirstLine];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    private static bool IsOnNoExecMount(string path)
    {
        // The fifth field is the mount point, in which a space is written as \040. The sixth field has the options.
        var mounts = from line in File.ReadLines("/proc/self/mountinfo")
                     let fields = line.Split(' ')
                     where fields.Length > 5
                     let point = fields[4].Replace("\\040", " ", StringComparison.Ordinal)
                     where point == "/" || path.StartsWith(point + "/", StringComparison.Ordinal)
                     orderby point.Length
                     select fields[5];
        return mounts.LastOrDefault()?.Split(',').Contains("noexec") == true;
    }
}
