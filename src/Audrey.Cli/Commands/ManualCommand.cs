using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>Prints the manual page of the command, which the packages install. All its text comes from the help.</summary>
internal static class ManualCommand
{
    public static Command Create(Terminal terminal, RootCommand root)
    {
        var command = new ExampleCommand("manual", "Print the manual page of this command, for man.", "audrey manual | man -l -");
        command.SetAction(terminal, (_, _) =>
        {
            foreach (var line in Page(root)) terminal.Out.WriteLine(line);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Returns the lines of the page, in the language of man(7).</summary>
    private static IEnumerable<string> Page(RootCommand root) =>
    [
        ".TH AUDREY 1",
        ".SH NAME",
        $"audrey \\- {Text(root.Description!)}",
        ".SH SYNOPSIS",
        ".B audrey",
        "COMMAND [OPTIONS]",
        ".SH COMMANDS",
        .. root.Subcommands.Where(command => !command.Hidden).SelectMany(command => Section(command, "")),
        ".SH EXIT STATUS",
        .. Enum.GetValues<ExitCode>().SelectMany(code => Item(
            ((int)code).ToString(CultureInfo.InvariantCulture),
            typeof(ExitCode).GetField(code.ToString())!.GetCustomAttribute<DescriptionAttribute>()!.Description)),
    ];

    private static IEnumerable<string> Section(Command command, string parents)
    {
        var name = $"{parents}{command.Name}";
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        return
        [
            $".SS \"{Text(string.Join(' ', ["audrey", name, .. arguments.Select(Named)]))}\"",
            Text(command.Description ?? ""),
            .. arguments.SelectMany(argument => Item(Named(argument), argument.Description)),
            .. command.Options.Where(option => !option.Hidden).SelectMany(option => Item(
                string.Join(", ", [.. option.Aliases.Order(StringComparer.Ordinal), option.Name])
                    + (option.HelpName is { } value ? $" {value}" : ""),
                option.Description)),
            .. command is ExampleCommand { Examples: { Length: > 0 } examples }
                ? [".PP", "Examples:", ".nf", .. examples.Select(example => Text("  " + example)), ".fi"]
                : Array.Empty<string>(),
            .. command.Subcommands.Where(child => !child.Hidden).SelectMany(child => Section(child, name + " ")),
        ];
    }

    private static string Named(Argument argument) =>
        (argument.HelpName ?? argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");

    private static string[] Item(string name, string? description) => [".TP", $".B {Text(name)}", Text(description ?? "")];

    /// <summary>Returns a text that the formatter prints as it is. A line must not begin with a control character.</summary>
    private static string Text(string text)
    {
        var escaped = text.ReplaceLineEndings(" ").Replace("`", "", StringComparison.Ordinal)
            .Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal);
        return escaped is ['.' or '\'', ..] ? "\\&" + escaped : escaped;
    }
}
