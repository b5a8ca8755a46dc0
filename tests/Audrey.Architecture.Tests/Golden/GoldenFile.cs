namespace Audrey.Architecture.Tests.Golden;

/// <summary>The bytes of a sample, as an earlier version wrote them, and the values that they represent.</summary>
internal sealed record GoldenFile(byte[] Bytes, IReadOnlyList<string> Meaning)
{
    private const int BytesOnALine = 48;

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Audrey.Architecture.Tests", "Golden", "Bytes");

    public static string PathOf(string alias) => Path.Combine(Folder, alias + ".txt");

    /// <summary>Reads a file. It contains lines of hexadecimal digits, an empty line, and one line for each value.</summary>
    public static GoldenFile Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var gap = Array.IndexOf(lines, "");
        return new(Convert.FromHexString(string.Concat(lines[..gap])), lines[(gap + 1)..]);
    }

    public void Write(string path)
    {
        Directory.CreateDirectory(Folder);
        var hex = Bytes.Chunk(BytesOnALine).Select(Convert.ToHexString);
        File.WriteAllText(path, string.Join('\n', [.. hex, "", .. Meaning, ""]));
    }
}
