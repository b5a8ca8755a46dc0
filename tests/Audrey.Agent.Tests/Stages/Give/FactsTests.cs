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

        Assert.Equal(("0123abcd", "debian", "12", "6.1.0"),
            (found["machine_id"], found["operatingsystem"], found["operatingsystemrelease"], found["kernelrelease"]));
        Assert.Equal(("2000", "2", "AAAAC3"), (found["memorysize_mb"], found["processorcount"], found["sshed25519key"]));
        Assert.Equal(Environment.MachineName.Split('.')[0], found["hostname"]);
        Assert.Contains(found["architecture"], new[] { "x86_64", "aarch64" });
        // A fact whose file does not exist is not known.
        foreach (var unknown in new[] { "sshrsakey", "sshecdsakey", "nobody_knows" }) Assert.False(found.ContainsKey(unknown), unknown);
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

        var facts = new FactDirectory(_directory.File("facts"), State, _processes, TimeProvider.System, _log);
        var found = await Find(facts, ["a", "b", "c"]);
        await Find(facts, ["c"]);

        Assert.Equal(new Dictionary<string, string> { ["a"] = "from the script", ["b"] = " 2=3" }, found);
        Assert.Equal(3, _log.Lines.Count);
        Assert.EndsWith("10.txt, line 5: the line is not of the form name=value and is ignored", _log.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("30.sh: it ended with 3. Its output is ignored", _log.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("50.txt is ignored, because every user can write to it", _log.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, warning => warning.Contains("no form", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreadable_file_of_facts_is_named_and_the_other_files_are_used()
    {
        Write("facts/10.txt", "a=1\n");
        File.CreateSymbolicLink(_directory.File("facts/20.txt"), _directory.File("nowhere"));
        File.CreateSymbolicLink(_directory.File("facts/25.sh"), _directory.File("facts/25.sh"));
        Write("facts/30.txt", "b=2\n");

        var facts = new FactDirectory(_directory.File("facts"), State, _processes, TimeProvider.System, _log);
        var found = await Find(facts, ["a", "b"]);

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, found);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("20.txt cannot be read and is ignored", _log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facter_is_called_once_for_an_unknown_name()
    {
        Write("facter",
            $"#!/bin/sh\necho \"$@\" >>{_directory.File("asked")}\n"
            + $"echo '{{\"one\": \"1\", \"os.parts\": {{\"a\": 1}}, \"flag\": true, \"two\": null, \"three\": \"\", \"other\": 5}}'\n",
            executable: true);
        var time = new FakeTimeProvider();
        var facter = new FacterFacts([_directory.File("facter")], State, _processes, time, _log);

        var found = await Find(facter, ["one", "os.parts", "flag", "two", "three", "not a name"]);
        Assert.Equal(new Dictionary<string, string> { ["one"] = "1", ["os.parts"] = "{\"a\": 1}", ["flag"] = "true" }, found);
        Assert.Empty(await Find(facter, ["two"]));
        time.Advance(TimeSpan.FromMinutes(6));
        await Find(facter, ["two"]);

        Assert.Equal("--json one os.parts flag two three\n--json two\n", await File.ReadAllTextAsync(_directory.File("asked")));
        Assert.Empty(await Find(new FacterFacts([_directory.File("none")], State, _processes, time, _log), ["one"]));
    }

    [Fact]
    public async Task An_executable_of_facts_is_not_run_in_every_round_for_one_unknown_name()
    {
        Write(
            "facts/a.sh",
            $"#!/bin/sh\necho x >>{_directory.File("runs")}\necho n=$(wc -l <{_directory.File("runs")})\n",
            executable: true);
        var time = new FakeTimeProvider();
        var facts = new FactDirectory(_directory.File("facts"), State, _processes, time, _log);

        for (var round = 0; round < 720; round++)
        {
            Assert.NotEmpty(await Find(facts, ["n", "unknown"]));
            time.Advance(TimeSpan.FromSeconds(5));
        }

        // In this hour the interval doubles from 5 s to 5 min.
        Assert.InRange(File.ReadAllLines(_directory.File("runs")).Length, 12, 20);
    }

    [Theory]
    [InlineData("echo Gem broken >&2; exit 1", "it ended with 1: Gem broken")]
    [InlineData("echo no JSON", "its output is not the JSON of facts")]
    [InlineData("echo '[1]'", "its output is not the JSON of facts")]
    [InlineData("printf '{\"one\": \"\\\\ud800\"}'", "its output is not the JSON of facts")]
    [InlineData("rm -f /proc/self/fd/1; kill -9 $$", "it ended with 137")]
    public async Task A_failure_of_Facter_is_logged_with_its_own_words_and_the_other_facts_are_found(string failure, string words)
    {
        Write(
            "facter",
            $"#!/bin/sh\nfor last; do :; done\n[ \"$last\" = two ] && [ $# = 2 ] && {{ echo '{{\"two\": \"2\"}}'; exit; }}\n{failure}\n",
            executable: true);
        var facter = new FacterFacts([_directory.File("facter")], State, _processes, new FakeTimeProvider(), _log);

        Assert.Equal(new Dictionary<string, string> { ["two"] = "2" }, await Find(facter, ["one", "two"]));

        Assert.Contains(_log.Lines, line => line.StartsWith("Facter, asked for one", StringComparison.Ordinal)
            && line.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Facter_is_asked_for_names_with_dashes_and_colons_but_not_for_options()
    {
        Write(
            "facter",
            "#!/bin/sh\nshift; for name; do echo \"$name\" >&2; done; echo '{\"my-fact\": \"1\", \"mod::fact\": \"2\"}'\n",
            executable: true);
        var facter = new FacterFacts([_directory.File("facter")], State, _processes, new FakeTimeProvider(), _log);

        var found = await Find(facter, ["my-fact", "mod::fact", "--debug"]);

        Assert.Equal(new Dictionary<string, string> { ["my-fact"] = "1", ["mod::fact"] = "2" }, found);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_source_that_fails_does_not_hide_the_others_and_a_refused_name_is_not_guessed()
    {
        var chain = new FactChain(_log, new Source(names => throw new InvalidOperationException("odd")), new Owner(),
            new Source(names => names.ToDictionary(name => name, _ => "guess"u8.ToArray())));

        var found = await Find(chain, ["ipaddress", "other"]);

        Assert.Equal(new Dictionary<string, string> { ["other"] = "guess" }, found);
        Assert.Equal("The facts of Source are ignored: InvalidOperationException", Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("localhost.localdomain", null)]
    [InlineData("(none)", null)]
    [InlineData("web-1.example.com", "web-1")]
    public void A_machine_without_a_name_of_its_own_has_no_host_name(string name, string? fact) =>
        Assert.Equal(fact, BuiltInFacts.HostName(name));

    private sealed class Source(Func<IReadOnlyCollection<string>, Dictionary<string, byte[]>> find) : IFactSource
    {
        public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(
            IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, byte[]>>(find(names));
    }

    private sealed class Owner : IFactSource
    {
        public bool Owns(string name) => name == "ipaddress";

        public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(
            IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]>());
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
