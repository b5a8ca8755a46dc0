using System.CommandLine;
using System.Text;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Deployables.Yaml;

namespace Audrey.Cli.Commands;

/// <summary>Prints the JSON Schema of deployables in YAML, for editors that reach no server.</summary>
internal static class SchemaCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "schema", "Print the JSON Schema of deployables in YAML, for editors.", "audrey schema > deployable-1.json");
        command.SetAction(terminal, (_, _) =>
        {
            terminal.Out.Write(Encoding.UTF8.GetString(DeployableSchema.Utf8.Span));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
