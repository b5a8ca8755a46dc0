using System.CommandLine;
using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Core.Ids;

namespace Audrey.Cli.Arguments;

/// <summary>The argument for the UUID of an instance, or for one of its services.</summary>
internal static class InstanceArgument
{
    private const string HowToFind = "The command status shows the UUID.";

    public static Argument<string> Create(Terminal terminal)
    {
        var argument = new Argument<string>("UUID") { Description = $"The instance's UUID. {HowToFind}", HelpName = "UUID" };
        argument.CompletionSources.Add(new NameSuggestions(terminal).Instances);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !InstanceId.TryParse(result.GetValueOrDefault<string>(), out _, out var problem))
                result.AddError(problem);
        });
        return argument;
    }

    /// <summary>Creates an argument for an instance, or for one of its services after a slash.</summary>
    public static Argument<string> CreateWithService(Terminal terminal)
    {
        var argument = new Argument<string>("UUID[/SERVICE]")
        {
            Description = $"The instance's UUID, and a service after a slash. {HowToFind}",
            HelpName = "UUID[/SERVICE]",
        };
        argument.CompletionSources.Add(new NameSuggestions(terminal).Services);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0) return;
            var (instance, service) = Split(result.GetValueOrDefault<string>()!);
            if (!InstanceId.TryParse(instance, out _, out var problem)) result.AddError(problem);
            else if (service is "") result.AddError("Give the name of a service after the slash, or leave the slash out.");
        });
        return argument;
    }

    /// <summary>Splits an argument into the instance and the service. The service is null if there is none.</summary>
    public static (string Instance, string? Service) Split(string argument)
    {
        var slash = argument.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (argument, null) : (argument[..slash], argument[(slash + 1)..]);
    }
}
