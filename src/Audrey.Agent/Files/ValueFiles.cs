using Audrey.Agent.Diagnostics;
using Audrey.Agent.Services;

namespace Audrey.Agent.Files;

/// <summary>Reads a folder with a file for each value. The file has the name of the value, and its bytes are the value.</summary>
internal static class ValueFiles
{
    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The folder. If it does not exist, there are no values.</param>
    /// <param name="source">The source of the values, for messages.</param>
    /// <param name="log">Receives the name of each file that is refused, with the reason.</param>
    public static Dictionary<string, byte[]> Read(string folder, string source, IAgentLog log)
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) return values;
        var left = NameValueLines.MaxBytes;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            try
            {
                if (!GuestNames.IsName(name)) throw new IOException("a value cannot have this name");
                values[name] = ForeignFile.Read(path, left);
                left -= values[name].Length;
            }
            catch (IOException failure)
            {
                log.Write($"{source}: the file {Printable(name)} is refused: {failure.Message}");
            }
        }

        return values;
    }

    private static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
}
