using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Deployables.Files;
using Spectre.Console;

namespace Audrey.Cli.Commands;

/// <summary>Reports every finding in the documents of a deployable.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = DocumentArguments.Files();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "validate",
            "Report every finding in the documents of a deployable, with file, line and column.",
            "audrey validate shop.xml",
            "audrey validate simple.dep simple.assy simple.tmpl",
            "audrey validate shop.yaml --json | jq '.findings[].message'")
        {
            files,
            json,
        };
        command.SetAction(terminal, (parsed, _) => Task.FromResult(Run(parsed.GetValue(files)!, parsed.GetValue(json), terminal)));
        return command;
    }

    private static ExitCode Run(string[] paths, bool json, Terminal terminal)
    {
        var result = DocumentArguments.Read(paths);
        if (json)
            terminal.WriteJson(new ValidationOutput(result.IsValid, result.Document?.Name, result.Findings, result.Warnings));
        else Print(result, terminal);
        return result.IsValid ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(DeployableResult result, Terminal terminal)
    {
        foreach (var finding in result.Findings) terminal.Line(finding.ToString(), Color.Red);
        foreach (var note in result.Warnings) terminal.Line($"note: {note}", Color.Yellow);
        if (!result.IsValid)
        {
            terminal.Line($"{result.Findings.Length} {(result.Findings.Length == 1 ? "finding" : "findings")}");
            return;
        }

        var assemblies = result.Document.Assemblies;
        var services = assemblies.Sum(assembly => assembly.Services.Length);
        terminal.Line(
            $"{result.Document.Name} is valid: {Count(assemblies.Length, "assembly", "assemblies")}, "
                + $"{Count(services, "service", "services")}",
            Color.Green);
    }

    private static string Count(int number, string one, string many) => $"{number} {(number == 1 ? one : many)}";
}
