using System.Text;

namespace Audrey.Core.Tests;

/// <summary>
/// A story under <c>testdata</c>: lines that begin with <c>></c> are commands, the lines after a command are its expected output; other
/// lines that begin with <c>#</c> are for the reader. With <c>AUDREY_TESTDATA=write</c> in the environment the files are rewritten instead.
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
