using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Stages.Discover;

/// <summary>
/// Reads each document of the folder Documents with the guest and with the installed cloud-init. The file expected.txt has a line for each
/// document: its name, the instance that the guest finds, the instance that cloud-init finds, and a part of the guest's message if it
/// finds none. A dash means that no instance is found.
/// </summary>
[Trait("Runs", "program")]
public sealed class DocumentTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Tool.Repository, "tests/Audrey.Agent.Tests/Stages/Discover/Documents");

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string, string> Expected()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var line in ReadExpected()) data.Add(line[0], line[1], line.Length > 3 ? line[3] : "");
        return data;
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task The_guest_finds_the_instance_or_says_why_it_does_not(string name, string instance, string words)
    {
        var (found, message) = await ReadAsync(Path.Combine(Folder, name));

        Assert.Equal(instance, found);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Equal(instance == "-", words.Length > 0);
    }

    [Fact]
    public async Task Cloud_init_finds_the_instances_that_the_list_says()
    {
        var script = Path.Combine(Tool.Repository, "tests/read-with-cloud-init.py");
        var output = await Tool.RunAsync("/usr/bin/python3", [script, .. ReadExpected().Select(line => Path.Combine(Folder, line[0]))]);
        var found = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Select(line => (line[0], line[1].Split('|') is [_, _, var instance, ..] ? instance : "-"));

        Assert.Equal(ReadExpected().Select(line => (line[0], line[2])), found);
    }

    [Fact]
    public void Every_document_is_in_the_list() => Assert.Equal(
        Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)!)
            .Where(name => name != "expected.txt").Order(StringComparer.Ordinal),
        ReadExpected().Select(line => line[0]).Order(StringComparer.Ordinal));

    /// <summary>The native program runs as a process. The assembly is called directly, because its start takes longer.</summary>
    private async Task<(string Instance, string Message)> ReadAsync(string path)
    {
        if (!AgentProgram.IsNative)
            try
            {
                return (Instructions.Read(await File.ReadAllBytesAsync(path)).Server!.Id, "");
            }
            catch (AgentException refusal) when (refusal.Code == AgentExitCode.UserData)
            {
                return ("-", refusal.Message);
            }

        var state = _directory.File("state");
        var (code, log) = await AgentProgram.RunAsync($"{AgentProgram.Command} run --once --state {state} --user-data {path}");
        if (code == AgentExitCode.UserData) return ("-", log);
        Assert.True(code == AgentExitCode.Incomplete, log);
        return (RunStatusFile.Read(StateDirectory.At(state))!.Instance!, log);
    }

    private static IEnumerable<string[]> ReadExpected() => File.ReadLines(Path.Combine(Folder, "expected.txt"))
        .Select(line => line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries));
}
