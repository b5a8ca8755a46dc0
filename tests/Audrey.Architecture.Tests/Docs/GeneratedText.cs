namespace Audrey.Architecture.Tests.Docs;

/// <summary>
/// Text in docs that is generated from code or other files. With AUDREY_DOCS=write the test writes the text to the page. Otherwise the test
/// compares the text with the page.
/// </summary>
internal static class GeneratedText
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("AUDREY_DOCS") == "write";

    /// <summary>
    /// Asserts that a section of a page equals the generated text. The section begins after the given line. It ends at the next empty line
    /// after its first line, or at the end of the page.
    /// </summary>
    public static void Holds(string path, string after, IEnumerable<string> generated)
    {
        var lines = Repository.Read(path).Split('\n').ToList();
        var begin = lines.FindIndex(line => line == after) + 1;
        Assert.True(begin > 0, $"{path} has no line \"{after}\".");
        var first = lines.FindIndex(begin, line => line.Length > 0);
        var end = lines.FindIndex(first, line => line.Length == 0);
        string[] wanted = [.. generated];
        if (Writes)
        {
            lines.RemoveRange(first, end - first);
            lines.InsertRange(first, wanted);
            File.WriteAllText(Path.Combine(Repository.Root, path), string.Join('\n', lines));
            return;
        }

        Rule.Holds(
            $"{path} is not up to date. Run these tests with AUDREY_DOCS=write and commit the changes:",
            [
                .. lines[first..end].Except(wanted).Select(line => $"- {line}"),
                .. wanted.Except(lines[first..end]).Select(line => $"+ {line}"),
            ]);
    }
}
