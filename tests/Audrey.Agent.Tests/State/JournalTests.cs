using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.State;

public sealed class JournalTests
{
    private const string UserData = "audrey: 1\nservices: [ { name: s, executable: \"#!/bin/sh\\necho ran >>../../../out\" } ]\n";

    /// <summary>Every such journal ended each further run with exit code 70.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{\"identity\": \"ID\", \"format\": 1, \"services\": null}")]
    [InlineData("{\"identity\": \"ID\", \"format\": 1, \"services\": {\"s\": null}}")]
    [InlineData("{\"identity\": \"ID\", \"format\": 1, \"provided\": {\"a\": \"no base64\"}}")]
    [InlineData("{\"identity\": \"ID\", \"format\": 1, \"provided\": null, \"given\": null}")]
    public async Task A_journal_that_cannot_be_read_begins_anew_and_the_log_says_so(string text)
    {
        using var guest = new Guest();
        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(UserData));
        var path = Path.Combine(guest.State, "journal.json");
        var identity = (await File.ReadAllTextAsync(path)).Split('"')[5];
        await File.WriteAllTextAsync(path, text.Replace("ID", identity, StringComparison.Ordinal));

        Assert.Equal(AgentExitCode.Success, await guest.RunAsync(UserData));

        Assert.Contains("The journal is damaged. All services are run again.", guest.Log);
        Assert.Equal("ran\nran\n", await File.ReadAllTextAsync(guest.File("out")));
    }

    [Fact]
    public void An_unknown_id_proves_nothing_and_a_different_id_is_another_machine()
    {
        using var root = new TempDirectory();
        var first = Machine(root, "one", null);
        var booting = Machine(root, "uninitialized", null);
        var later = Machine(root, "one", "i-1");

        Assert.False(later.IsOther(null) || later.IsOther(first) || later.IsOther(booting) || booting.IsOther(later));
        Assert.True(Machine(root, "two", "i-1").IsOther(later.With(first)));
        Assert.True(Machine(root, "one", "i-2").IsOther(booting.With(later)));
    }

    private static MachineIdentity Machine(TempDirectory root, string machine, string? instance)
    {
        Directory.CreateDirectory(root.File("etc"));
        Directory.CreateDirectory(root.File("var/lib/cloud/data"));
        File.WriteAllText(root.File("etc/machine-id"), machine + "\n");
        File.Delete(root.File("var/lib/cloud/data/instance-id"));
        if (instance is not null) File.WriteAllText(root.File("var/lib/cloud/data/instance-id"), instance + "\n");
        return MachineIdentity.Read(root.Path);
    }
}
