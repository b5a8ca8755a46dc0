using System.CommandLine;
using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Core.Ids;

namespace Audrey.Cli.Arguments;

/// <summary>The argument for the id of a deployable.</summary>
internal static class DeployableArgument
{
    public static Argument<string> Create(Terminal terminal)
    {
        var argument = new Argument<string>("ID")
        {
            Description = "The deployable's id. The commands launch and list show the id.",
            // Without this name, the help would list the suggestions, and ask the servers for them.
            HelpName = "ID",
        };
        argument.CompletionSources.Add(new NameSuggestions(terminal).Deployables);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !DeployableId.TryParse(result.GetValueOrDefault<string>(), out _, out var problem))
                result.AddError(problem);
        });
        return argument;
    }
}
