using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Audrey.Cli.Commands;

/// <summary>The usual help, with examples behind it.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help has not got the arguments right yet.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExampleCommand { Examples.Length: > 0 } command) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in command.Examples) output.WriteLine("  " + example);
        output.WriteLine();
        return code;
    }
}

/// <summary>A command that knows examples of its use.</summary>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public string[] Examples { get; } = examples;
}
