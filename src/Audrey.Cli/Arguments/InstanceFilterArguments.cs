using System.CommandLine;
using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Arguments;

/// <summary>The options that select instances of a deployable.</summary>
internal sealed class InstanceFilterArguments
{
    private readonly Option<string?> _state = new("--state")
    {
        Description = "Only the instances in this state: complete, incomplete or failed.",
        HelpName = "STATE",
    };

    private readonly Option<string?> _assembly = new("--assembly")
    {
        Description = "Only the instances of this assembly.",
        HelpName = "ASSEMBLY",
    };

    private readonly Option<string?> _instance = new("--instance")
    {
        Description = "Only the instance with this label or UUID.",
        HelpName = "INSTANCE",
    };

    public InstanceFilterArguments() =>
        _state.AcceptOnlyFromAmong([.. Enum.GetValues<CompletionStatus>().Select(StatusText.Word)]);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _state, _assembly, _instance }) command.Options.Add(option);
    }

    /// <summary>Reads the filter of the command line.</summary>
    public InstanceFilter Read(ParseResult parsed) => new()
    {
        Status = parsed.GetValue(_state) is { } word
            ? Enum.GetValues<CompletionStatus>().First(status => StatusText.Word(status) == word)
            : null,
        Assembly = parsed.GetValue(_assembly),
        Name = parsed.GetValue(_instance),
    };
}
