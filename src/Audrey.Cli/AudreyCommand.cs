using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Audrey.Cli.Commands;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Text;

namespace Audrey.Cli;

/// <summary>The command <c>audrey</c>: a subcommand for each operation of a conductor.</summary>
internal static class AudreyCommand
{
    /// <summary>Runs a command line and returns its exit code, one of <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var parsed = Parse(Create(terminal), args);
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // An interrupted local launch ends its guests and its server first.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        };
        var command = parsed.CommandResult.Command;
        string[] problems =
        [
            .. WrongPositions(parsed),
            .. parsed.Errors.Count > 0 ? Problems(parsed, command) : EmptyValues(parsed.CommandResult),
        ];
        if (problems.Length == 0) return await parsed.InvokeAsync(configuration);
        foreach (var problem in problems) terminal.Problem(problem);
        terminal.Error.WriteLine($"See: {Path(command)} --help");
        return (int)ExitCode.Usage;
    }

    /// <summary>Parses a command line.</summary>
    public static ParseResult Parse(RootCommand command, string[] args) =>
        // Without this, an argument such as @name would be replaced by the lines of a file.
        command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>Returns the command as it is typed.</summary>
    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "audrey";

    /// <summary>
    /// Returns a problem for each directive of the completion whose position is not a number. The library would throw.
    /// </summary>
    private static IEnumerable<string> WrongPositions(ParseResult parsed) =>
        from directive in ((RootCommand)parsed.RootCommandResult.Command).Directives.OfType<SuggestDirective>()
        from value in parsed.GetResult(directive)?.Values ?? []
        where !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select $"[suggest:{value}] needs the position of the cursor as a number, as in [suggest:12].";

    /// <summary>Returns a problem for each empty value, such as a variable of a script that is not set.</summary>
    private static IEnumerable<string> EmptyValues(CommandResult command) =>
        from child in command.Children
        where child.Tokens.Any(token => token.Value.Length == 0)
        select child is OptionResult option
            ? $"{option.Option.Name} is empty. Give it a value, or leave it out."
            : $"{((ArgumentResult)child).Argument.HelpName ?? ((ArgumentResult)child).Argument.Name} is empty. Give it a value.";

    private static IEnumerable<string> Problems(ParseResult parsed, Command command)
    {
        if (command is not RootCommand || parsed.UnmatchedTokens is not [var unknown, ..])
            return parsed.Errors.Select(error => error.Message);
        var names = command.Subcommands.Select(subcommand => subcommand.Name);
        return [$"There is no command {unknown}{(NearestName.Find(unknown, names) is { } nearest ? $"; did you mean {nearest}?" : "")}"];
    }

    /// <summary>Creates the command with its subcommands.</summary>
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Launch machines together and configure them as one system.")
        {
            LoginCommand.Create(terminal),
            ProfileCommands.Create(terminal),
            ValidateCommand.Create(terminal),
            ConvertCommand.Create(terminal),
            SchemaCommand.Create(terminal),
            PlanCommand.Create(terminal),
            LaunchCommand.Create(terminal),
            StatusCommands.CreateStatus(terminal),
            WatchCommand.Create(terminal),
            StatusCommands.CreateReport(terminal),
            WaitCommand.Create(terminal),
            EventsCommand.Create(terminal),
            LogsCommand.Create(terminal),
            BusCommands.Create(terminal),
            DescribeCommand.Create(terminal),
            ReportedFactsCommand.Create(terminal),
            ListCommand.Create(terminal),
            ScaleCommand.Create(terminal),
            RemoveCommand.Create(terminal),
            ReplaceCommand.Create(terminal),
            RotateCommand.Create(terminal),
            RetryCommand.Create(terminal),
            HandOverCommand.Create(terminal),
            ConductorCommands.Create(terminal),
            AuditCommand.Create(terminal),
            CertificateCommands.Create(terminal),
            DeleteCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        root.Add(ManualCommand.Create(terminal, root));
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExampleHelp((HelpAction)help.Action!);
        return root;
    }
}
