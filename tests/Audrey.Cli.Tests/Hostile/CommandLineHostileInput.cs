using System.CommandLine;
using System.Text;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;
using Audrey.Testing.Fuzzing;

namespace Audrey.Cli.Tests.Hostile;

/// <summary>
/// No command line causes an exception or a message of the runtime. The commands read a profile that does not exist, so they reach no
/// server. A command that writes files or runs a program without a server is only parsed.
/// </summary>
public sealed class CommandLineHostileInput : IDisposable
{
    private const int Rounds = 3000;

    private static readonly string[] OnlyParsed = ["plan", "launch", "login", "certificates", "profile", "conductor"];
    private static readonly string[] WritingOptions = ["--output", "-o"];

    private static readonly string[] Values =
    [
        "shop", "web-1", "web[http]", "web[http].port=8080", "6e5f6f2e-0a3f-4a2b-9a51-0d2f6a9b7c11", "0", "-1", "3", "2147483648", "1e9",
        "2m", "365d", "NaN", "", " ", "@", "@nowhere", "--", "-", "=", "[suggest:3]", "[diagram]", "[env:A=B]", "http://127.0.0.1:1",
        "ftp://h", "http://", "complete", "service=http", "value=", "yaml", "json", "\u001b[31m", "\ud800", "\ufffd", "../..",
        "m\u00fcller", "no-such-file.yaml",
    ];

    private readonly TempDirectory _directory = new();
    private readonly RootCommand _root = AudreyCommand.Create(new(TextWriter.Null, TextWriter.Null, false, false, _ => null));
    private readonly string[] _documents;
    private readonly string[] _options;

    public CommandLineHostileInput()
    {
        File.WriteAllText(_directory.File("damaged.yaml"), "audrey: 1\nassemblies: [");
        File.WriteAllText(_directory.File("values.json"), "{\"web[http].port\": \"\\ud800\"}");
        _documents = [Examples.Farm, _directory.File("damaged.yaml"), _directory.File("values.json"), _directory.Path];
        _options = [.. OptionsOf(_root).Where(option => !WritingOptions.Contains(option)).Distinct().Order(StringComparer.Ordinal)];
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_random_command_line_ends_with_a_documented_code_and_a_message()
    {
        var environment = new Dictionary<string, string>
        {
            ["AUDREY_PROFILES"] = _directory.File("profiles.json"),
            ["AUDREY_PROFILE"] = "no-such-profile",
            ["AUDREY_DATA"] = _directory.File("data"),
        };
        var codes = new HashSet<int>();
        await Fuzz.RunAsync(Rounds, async random =>
        {
            var (command, args) = Line(random);
            if (OnlyParsed.Contains(command))
            {
                CheckErrors(args);
                return;
            }

            var line = string.Join(' ', args.Select(arg => $"'{arg}'"));
            CliResult? result = null;
            var failure = await Record.ExceptionAsync(async () => result = await RunAsync(environment, args));
            Assert.True(failure is null, $"{line} throws {failure}");
            Assert.True(Enum.IsDefined((ExitCode)result!.Code), $"{line} ends with {result.Code}.");
            Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
            Assert.True(
                result.Code == 0 || result.Out.Length + result.Error.Length > 0, $"{line} ends with {result.Code} without a message.");
            codes.Add(result.Code);
        });
        Assert.Contains((int)ExitCode.Usage, codes);
    }

    /// <summary>Runs a command line without the check of its JSON, which reads the name of the command from the first argument.</summary>
    private static async Task<CliResult> RunAsync(Dictionary<string, string> environment, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader("");
        var terminal = new Terminal(output, error, interactive: false, colours: false, environment.GetValueOrDefault) { In = input };
        var code = await AudreyCommand.RunAsync(args, terminal);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    private void CheckErrors(string[] args) => Assert.All(
        AudreyCommand.Parse(_root, args).Errors,
        error => Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal));

    private (string Command, string[] Args) Line(Random random)
    {
        Command command = _root;
        List<string> args = [];
        while (command.Subcommands.Count > 0)
        {
            command = command.Subcommands[random.Next(command.Subcommands.Count)];
            args.Add(command.Name);
        }

        for (var i = random.Next(6); i > 0; i--) args.Add(Argument(command, random));
        if (random.Next(10) == 0) args.Insert(random.Next(args.Count), Value(random));
        return (args.FirstOrDefault(arg => OnlyParsed.Contains(arg)) ?? args[0], [.. args]);
    }

    private string Argument(Command command, Random random) => random.Next(4) switch
    {
        0 => _options[random.Next(_options.Length)],
        1 when command.Options.Select(option => option.Name).Except(WritingOptions).ToArray() is { Length: > 0 } own =>
            own[random.Next(own.Length)],
        2 => _documents[random.Next(_documents.Length)],
        _ => Value(random),
    };

    private static string Value(Random random)
    {
        var value = Values[random.Next(Values.Length)];
        if (random.Next(3) > 0) return value;
        var (seed, other) = (Encoding.UTF8.GetBytes(value + "x"), Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]));

        // No system passes this character to a program.
        return Encoding.UTF8.GetString(Mutations.Mutate(seed, other, random)).Replace("\0", "", StringComparison.Ordinal);
    }

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Select(option => option.Name).Concat(command.Subcommands.SelectMany(OptionsOf));
}
