using Audrey.Cli.Exit;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Commands;

/// <summary>Scripts decide by the exit codes. So a code can be added, but it keeps its meaning.</summary>
[Collection(ServerFixture.Name)]
public sealed class ExitCodeTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_exit_codes_have_these_names_and_numbers() => Assert.Equal(
        [
            ("Ok", 0), ("Failed", 1), ("Usage", 2), ("Unavailable", 3), ("NotFound", 4), ("Conflict", 5), ("TimedOut", 6),
            ("OutOfDate", 7), ("Interrupted", 130),
        ],
        Enum.GetValues<ExitCode>().Select(code => (code.ToString(), (int)code)));

    [Theory]
    [InlineData(0, "list")]
    [InlineData(0, "validate FARM")]
    [InlineData(1, "validate FINDINGS")]
    [InlineData(1, "plan FINDINGS")]
    [InlineData(1, "launch FINDINGS")]
    [InlineData(2, "status")]
    [InlineData(2, "status a/b")]
    [InlineData(2, "validate NOWHERE")]
    [InlineData(2, "list --profile nobody")]
    [InlineData(2, "wait shop --for done")]
    [InlineData(2, "launch FARM --set x=1 --output OUT")]
    [InlineData(4, "status never-was")]
    [InlineData(4, "report never-was")]
    [InlineData(4, "watch never-was")]
    [InlineData(4, "wait never-was")]
    [InlineData(4, "events never-was")]
    [InlineData(4, "logs never-was")]
    [InlineData(4, "describe never-was")]
    [InlineData(4, "replace never-was --output OUT")]
    [InlineData(4, "rotate never-was")]
    [InlineData(4, "scale never-was web 2 --output OUT")]
    [InlineData(4, "conductor revoke never-was")]
    public async Task A_command_line_has_its_exit_code(int code, string line)
    {
        var result = await RunAsync(server.Environment, line);

        Assert.True(code == result.Code, $"{line}: {result.Code}, {result.Error}");
        if (code != 0) Assert.NotEqual("", result.Out + result.Error);
    }

    [Fact]
    public async Task A_launch_into_the_directory_of_another_launch_has_the_code_5()
    {
        Assert.Equal(0, (await RunAsync(server.Environment, "launch FARM --output OUT")).Code);
        Assert.Equal(5, (await RunAsync(server.Environment, "launch FARM --output OUT --id another")).Code);
    }

    [Fact]
    public async Task Every_command_that_asks_a_server_has_the_code_3_if_none_answers()
    {
        var url = $"http://127.0.0.1:{FreePorts.Take(1)[0]}";
        var environment = new Dictionary<string, string>(server.Environment) { ["AUDREY_URL"] = url };
        string[] lines =
        [
            "list", "status shop", "report shop", "watch shop", "events shop", "logs shop", "describe shop", "delete shop", "rotate shop",
            "replace shop --output OUT", "scale shop web 2 --output OUT", "launch FARM --output OUT", "audit", "conductor list",
            "handover shop --to other",
        ];
        foreach (var line in lines)
        {
            var result = await RunAsync(environment, line + " --timeout 0.1");
            Assert.True(result.Code == 3, $"{line}: {result.Code}, {result.Error}");
        }
    }

    private Task<CliResult> RunAsync(Dictionary<string, string> environment, string line) => Support.Cli.RunAsync(
        environment,
        [
            .. line.Split(' ').Select(word => word switch
            {
                "FARM" => Examples.Farm,
                "FINDINGS" => Examples.WithFindings,
                "NOWHERE" => _directory.File("nowhere.yaml"),
                "OUT" => _directory.File("out"),
                _ => word,
            }),
        ]);
}
