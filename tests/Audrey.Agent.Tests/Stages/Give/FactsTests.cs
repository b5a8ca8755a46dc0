using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Stages.Give;

public sealed class FactsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();
    private readonly ChildProcesses _processes = new(TimeProvider.System);
    private StateDirectory? _state;

    private StateDirectory State => _state ??= StateDirectory.Open(_directory.File("state"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Built_in_facts_are_read_from_files_of_the_system()
    {
        Write("root/etc/machine-id", "0123abcd\n");
        Write("root/etc/os-release", "PRETTY_NAME=\"X\"\nID=debian\nVERSION_ID=\"12\"\n");
        Write("root/proc/sys/kernel/osrelease", "6.1.0\n");
        Write("root/proc/meminfo", "MemTotal:        2048000 kB\nMemFree: 1 kB\n");
        Write("root/proc/cpuinfo", "processor\t: 0\nmodel name\t: x\nprocessor\t: 1\n");
        Write("root/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAAC3 root@host\n");
        var found = await Find(new BuiltInFacts(_directory.File("root")), [.. BuiltInFacts.Names, "nobody_knows"]);

        Assert.Equal(("0123abcd", "debian", "12", "6.1.0"), (found["machine_id"], found["operatingsystem"], found["operatingsystemrelease"], found["kernelrelease"]));
        Assert.Equal(("2000", "2", "AAAAC3"), (found["memorysize_mb"], found["processorcount"], found["sshed25519key"]));
        Assert.Equal(Environment.MachineName.Split('.')[0], found["hostname"]);
        Assert.Contains(found["architecture"], new[] { "x86_64", "aarch64" });
        // No address is known without a default route. A fact whose file does not exist is not known either.
        foreach (var unknown in new[] { "ipaddress", "ipaddress6", "sshrsakey", "sshecdsakey", "nobody_knows" }) Assert.False(found.ContainsKey(unknown), unknown);
    }

    [Fact]
    public async Task The_address_is_that_of_the_interface_of_the_default_route()
    {
        Write("root/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nlo\t00000000\t0100000A\t3\t0\t0\t100\t00000000\nnone\t00000000\t0\t3\t0\t0\t200\t00000000\n");
        Assert.Equal("127.0.0.1", (await Find(new BuiltInFacts(_directory.File("root")), ["ipaddress"]))["ipaddress"]);
    }

    [Fact]
    public async Task The_files_of_a_fact_directory_are_read_or_run_in_the_order_of_their_names()
    {
        Write("facts/10.txt", "# a remark\na=1\nb = 2=3\r\n\nno form\n");
        Write("facts/20.sh", "#!/bin/sh\necho a=from the script\n", executable: true);
        Write("facts/30.sh", "#!/bin/sh\necho c=1; exit 3\n", executable: true);
        Write("facts/40.conf", "c=ignored\n");
        Write("facts/50.txt", "c=anybody's\n");
        File.SetUnixFileMode(_directory.File("facts/50.txt"), (UnixFileMode)0b110_110_110);

        var facts = new FactDirectory(_directory.File("facts"), State, _processes, _log);
        var found = await Find(facts, ["a", "b", "c"]);
        await Find(facts, ["c"]);

        Assert.Equal(new Dictionary<string, string> { ["a"] = "from the script", ["b"] = " 2=3" }, found);
        Assert.Equal(3, _log.Lines.Count);
        Assert.EndsWith("10.txt, line 5: it is not of the form name=value and is ignored", _log.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("30.sh: it ended with 3; its output is ignored", _log.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("50.txt: every user can write to it; it is ignored", _log.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, warning => warning.Contains("no form", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_facts_that_cannot_be_read_is_named_and_the_others_count()
    {
        Write("facts/10.txt", "a=1\n");
        File.CreateSymbolicLink(_directory.File("facts/20.txt"), _directory.File("nowhere"));
        File.CreateSymbolicLink(_directory.File("facts/25.sh"), _directory.File("facts/25.sh"));
        Write("facts/30.txt", "b=2\n");

        var facts = new FactDirectory(_directory.File("facts"), State, _processes, _log);
        var found = await Find(facts, ["a", "b"]);

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, found);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("20.txt: it cannot be read and is ignored", _log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_file_system_can_be_the_state_directory()
    {
        Directory.CreateDirectory(_directory.File("volume/lost+found"));

        StateDirectory.Open(_directory.File("volume"));

        Assert.True(Directory.Exists(_directory.File("volume/lost+found")));
    }

    /// <summary>
    /// The lock file cannot be created. The program must not report this as another run that holds the lock, because it would then not
    /// retry.
    /// </summary>
    [Fact]
    public void A_lock_that_cannot_be_created_is_a_problem_of_the_state_directory()
    {
        File.CreateSymbolicLink(Path.Combine(State.Path, "lock"), _directory.File("no/such/folder/lock"));

        var problem = Assert.Throws<AgentException>(() => RunLock.Take(State));

        Assert.Equal(AgentExitCode.State, problem.Code);
        Assert.Contains("cannot be used: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facter_is_asked_once_for_a_name_that_it_does_not_know()
    {
        Write("facter", $"#!/bin/sh\necho \"$@\" >>{_directory.File("asked")}\necho '{{\"one\": \"1\", \"os.parts\": {{\"a\": 1}}, \"flag\": true, \"two\": null, \"three\": \"\", \"other\": 5}}'\n", executable: true);
        var time = new FakeTimeProvider();
        var facter = new FacterFacts([_directory.File("facter")], State, _processes, time);

        var found = await Find(facter, ["one", "os.parts", "flag", "two", "three", "not a name"]);
        Assert.Equal(new Dictionary<string, string> { ["one"] = "1", ["os.parts"] = "{\"a\": 1}", ["flag"] = "true" }, found);
        Assert.Empty(await Find(facter, ["two"]));
        time.Advance(TimeSpan.FromMinutes(6));
        await Find(facter, ["two"]);

        Assert.Equal("--json one os.parts flag two three\n--json two\n", await File.ReadAllTextAsync(_directory.File("asked")));
        Assert.Empty(await Find(new FacterFacts([_directory.File("none")], State, _processes, time), ["one"]));
    }

    [Fact]
    public void A_directory_with_other_files_is_not_used_as_state_directory()
    {
        Write("mine/letter", "x");
        var mode = File.GetUnixFileMode(_directory.File("mine"));

        var refusal = Assert.Throws<AgentException>(() => StateDirectory.Open(_directory.File("mine")));

        Assert.Contains("holds other files", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(mode, File.GetUnixFileMode(_directory.File("mine")));
    }

    private static async Task<Dictionary<string, string>> Find(IFactSource source, string[] names) =>
        (await source.FindAsync(names, default)).ToDictionary(fact => fact.Key, fact => Encoding.UTF8.GetString(fact.Value));

    private void Write(string path, string text, bool executable = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(path))!);
        File.WriteAllText(_directory.File(path), text);
        if (executable) File.SetUnixFileMode(_directory.File(path), (UnixFileMode)0b111_101_101);
    }
}
