using System.Text;

namespace Audrey.Core.Tests;

/// <summary>
/// A story under <c>testdata</c>. A line that begins with <c>></c> is a command, and the lines after it are its expected output. A line
/// that begins with <c>#</c> is a comment. If the environment contains <c>AUDREY_TESTDATA=write</c>, the test rewrites the files.
/// </summary>
internal static class Story
{
    public static void Play(string file, Func<string[], IEnumerable<string>> command)
    {
        var path = Path.Combine(Directory(), file);
        var expected = File.ReadAllText(path);
        var played = new StringBuilder();
        foreach (var line in expected.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                played.Append(line).Append('\n');
            }
            else if (line[0] == '>')
            {
                played.Append(line).Append('\n');
                foreach (var printed in command(line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                    played.Append(("  " + printed).TrimEnd()).Append('\n');
            }
        }

        played.Length--;
        if (Environment.GetEnvironmentVariable("AUDREY_TESTDATA") == "write") File.WriteAllText(path, played.ToString());
        else Assert.Equal(expected, played.ToString());
    }

    private static string Directory()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Audrey.sln")))
                return Path.Combine(at.FullName, "tests", "Audrey.Core.Tests", "testdata");
        throw new DirectoryNotFoundException("No Audrey.sln above " + AppContext.BaseDirectory);
    }
}
