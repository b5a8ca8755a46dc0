using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Program;

/// <summary>Values that the program, as a process, gives to a server.</summary>
[Trait("Runs", "program")]
public sealed class ValuesTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new();
    private readonly GuestProgram _guest = new();

    public Task InitializeAsync()
    {
        _guest.UseServer(_server.Endpoint);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_script_gives_values_of_several_lines_and_refused_names_are_told(int version)
    {
        UseService(
            version,
            """
            printf 'key<<END\n-----BEGIN\nabc=\n-----END\nEND\nport=1\ncut=one\ntwo\nprot=2\n' >$AUDREY_PROVIDE
            printf 'a\0b\n' >$AUDREY_PROVIDE_DIR/blob
            mkfifo $AUDREY_PROVIDE_DIR/pipe; ln -s /dev/zero $AUDREY_PROVIDE_DIR/zero; mkdir $AUDREY_PROVIDE_DIR/folder
            echo x >"$AUDREY_PROVIDE_DIR/a|b"
            """);
        _server.Provided.AddRange(["key", "port", "blob"]);

        var (code, log) = await _guest.RunAsync();

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal(["blob", "key", "port"], _server.Given.Keys.Order());
        Assert.Equal(
            ("-----BEGIN\nabc=\n-----END", "1", "a\0b\n"), (Given("key"), Given("port"), Given("blob")));
        foreach (var words in new[]
        {
            "the server refused or did not request these values of the service: prot", "cut has several lines, so it is refused",
            "the file pipe is refused: it is not a regular file", "the file zero is refused: ", "the file folder is refused: ",
            "the file a|b is refused: a value cannot have this name",
        })
        {
            Assert.Contains(words, log, StringComparison.Ordinal);
            Assert.Contains(words, _guest.StatusText, StringComparison.Ordinal);
            if (version == 3) Assert.Contains(words, (string?)_server.Reports[^1].Report["output"], StringComparison.Ordinal);
        }
    }

    /// <summary>The server does not request a value that it has. So the name must be known from the first run.</summary>
    [Fact]
    public async Task A_value_that_the_server_already_has_is_not_told_as_refused()
    {
        UseService(2, "echo port=1 >$AUDREY_PROVIDE\nexit 1");
        _server.Provided.Add("port");
        await _guest.RunAsync("--once");

        var (code, log) = await _guest.RunAsync("--again");

        Assert.True(code == AgentExitCode.ServiceFailed, log);
        Assert.Contains("s: started", log, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", log + _guest.StatusText, StringComparison.Ordinal);
    }

    /// <summary>The stand-in for Facter is mounted at the path that the program asks first.</summary>
    [Theory]
    [InlineData("echo '[1]'", "its output is not the JSON of facts")]
    [InlineData("printf '{\"mod::x-y\": \"\\\\ud800\"}'", "its output is not the JSON of facts")]
    [InlineData("echo 'Error: no such fact' >&2; exit 1", "Error: no such fact")]
    [InlineData("kill -9 $$", "it ended with 137")]
    [InlineData("", "its output is not the JSON of facts")]
    public async Task Odd_output_of_Facter_is_told_in_its_words_and_does_not_end_the_run(string facter, string words)
    {
        _server.Provided.AddRange(["mod::x-y", "known"]);
        _guest.Write("facter", $"#!/bin/sh\n{facter}\n", executable: true);
        _guest.Write("facts/known.txt", "known=1\n");

        var (code, log) = await RunWithFacterAsync();

        Assert.True(code == AgentExitCode.Incomplete, log);
        Assert.Contains("Facter, asked for mod::x-y: ", log, StringComparison.Ordinal);
        Assert.Contains(words, log, StringComparison.Ordinal);
        Assert.Equal("1", Given("known"));
    }

    [Fact]
    public async Task Facter_is_asked_for_names_with_colons_and_dashes()
    {
        _server.Provided.AddRange(["mod::x-y", "os.family"]);
        _guest.Write("facter", "#!/bin/sh\necho '{\"mod::x-y\": \"2\", \"os.family\": \"Debian\"}'\n", executable: true);

        var (code, log) = await RunWithFacterAsync();

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal(("2", "Debian"), (Given("mod::x-y"), Given("os.family")));
    }

    [Fact]
    public async Task Files_of_facts_that_cannot_be_read_are_named_and_the_others_are_used()
    {
        _server.Provided.Add("a");
        _guest.Write("facts/a.txt", "a=1\n");
        File.CreateSymbolicLink(_guest.File("facts/b.txt"), _guest.File("nowhere"));
        File.CreateSymbolicLink(_guest.File("facts/c.txt"), "/dev/zero");
        await Tool.RunAsync("mkfifo", _guest.File("facts/d.txt"));

        var (code, log) = await _guest.RunAsync($"--facts {_guest.File("facts")}");

        Assert.True(code == AgentExitCode.Success, log);
        Assert.Equal("1", Given("a"));
        foreach (var name in new[] { "b.txt", "c.txt", "d.txt" }) Assert.Contains(name, log, StringComparison.Ordinal);
    }

    private void UseService(int version, string script)
    {
        _server.MaxVersion = version;
        _server.Service("s");
        _server.Tarball = TestTarball.Create(("s/start", "#!/bin/sh\n" + script.ReplaceLineEndings("\n") + "\n"));
    }

    private Task<(AgentExitCode Code, string Log)> RunWithFacterAsync() => _guest.RunInNamespaceAsync(
        $"mkdir -p /opt; mount -t tmpfs tmpfs /opt; mkdir -p /opt/puppetlabs/bin; cp {_guest.File("facter")} /opt/puppetlabs/bin/; "
        + $"{_guest.Run} --once --facts {_guest.File("facts")}");

    private string Given(string name) => Encoding.UTF8.GetString(_server.Given[name]);
}
