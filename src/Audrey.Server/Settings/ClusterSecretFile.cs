namespace Audrey.Server.Settings;

/// <summary>The file with the secrets that the servers of a cluster share, one on each line.</summary>
internal static class ClusterSecretFile
{
    private const int MinLength = 32;
    private const int MaxFileBytes = 64 * 1024;

    /// <summary>
    /// Returns why the file cannot be used, as the end of a sentence that never quotes the file. Null if the file can be used.
    /// </summary>
    public static string? FindProblem(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes) return $"is '{path}', which is larger than {MaxFileBytes} bytes";
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
                return $"is '{path}', which other users can read; run: chmod 600 {path}";
            var lines = Lines(path);
            if (lines.Length == 0) return $"is '{path}', which holds no secret";
            return lines.Any(line => line.Length < MinLength)
                ? $"is '{path}', which holds a secret of fewer than {MinLength} characters; make one with: openssl rand -hex 32"
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"is '{path}', which cannot be read: {unreadable.Message.TrimEnd('.')}";
        }
    }

    /// <summary>Returns the secrets.</summary>
    /// <exception cref="SettingsException">The file cannot be used.</exception>
    public static string[] Read(string path) => FindProblem(path) is { } problem
        ? throw new SettingsException([$"Audrey:Cluster:{nameof(ClusterSettings.SecretFile)} {problem}."])
        : Lines(path);

    private static string[] Lines(string path) =>
        [.. File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
}
