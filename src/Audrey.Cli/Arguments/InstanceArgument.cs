using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The argument for the label or the UUID of an instance, or for one of its services, with the option for the deployable. All commands find
/// instances here.
/// </summary>
internal sealed class InstanceArgument
{
    private readonly bool _hasService;
    private readonly Argument<string> _name;
    private readonly Option<string?> _deployable = new(NameSuggestions.DeployableOption)
    {
        Description = "The deployable of the label. Not necessary for a UUID, or if the conductor has only one deployable.",
        HelpName = "ID",
    };

    /// <param name="terminal">The terminal, with the environment.</param>
    /// <param name="hasService">Whether a service can follow the instance, after a slash.</param>
    public InstanceArgument(Terminal terminal, bool hasService = false)
    {
        _hasService = hasService;
        var (what, more) = hasService ? ("INSTANCE[/SERVICE]", ", and a service after a slash") : ("INSTANCE", "");
        _name = new Argument<string>(what)
        {
            Description = $"The instance's label such as web-1, or its UUID{more}. The command status shows both.",
            HelpName = what,
        };
        var suggestions = new NameSuggestions(terminal);
        _name.CompletionSources.Add(hasService ? suggestions.Services : suggestions.Instances);
        _deployable.CompletionSources.Add(suggestions.Deployables);
        _name.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0) return;
            var text = result.GetValueOrDefault<string>()!;
            var (instance, service) = hasService ? Split(text) : (text, null);
            if (instance.Length == 0) result.AddError("Give the label or the UUID of an instance.");
            else if (service is "") result.AddError("Give the name of a service after the slash, or leave the slash out.");
        });
        _deployable.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !DeployableId.TryParse(result.GetValueOrDefault<string>(), out _, out var problem))
                result.AddError(problem);
        });
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(_name);
        command.Options.Add(_deployable);
    }

    /// <summary>Reads the service that the command line names after a slash. Null if it names none.</summary>
    public string? ServiceOf(ParseResult parsed) => Split(parsed.GetValue(_name)!).Service;

    /// <summary>Finds the instance that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="client">The client of the servers.</param>
    /// <param name="launched">The deployable of a label if the command line does not name it: that of a launch directory. Null if there is
    /// none.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="CommandFailure">There is no such instance, or several instances have the label.</exception>
    /// <exception cref="NotFoundException">This conductor has no instance with this UUID, or no such deployable.</exception>
    public async Task<InstanceStatus> FindAsync(
        ParseResult parsed, GatewayClient client, DeployableId? launched, CancellationToken cancellationToken)
    {
        var text = parsed.GetValue(_name)!;
        var name = _hasService ? Split(text).Instance : text;
        if (parsed.GetValue(_deployable) is { } given)
            return await FindInAsync(client, DeployableId.Parse(given), name, cancellationToken);

        // Instances of versions 0 to 2 have ids that can look like labels.
        if (launched is { } launch && !Guid.TryParse(name, out _)) return await FindInAsync(client, launch, name, cancellationToken);
        try
        {
            if (InstanceId.TryParse(name, out var id, out _)) return await client.GetInstanceStatusAsync(id, cancellationToken);
        }
        catch (NotFoundException) when (!Guid.TryParse(name, out _))
        {
            // It can be a label.
        }

        return await FindInAsync(client, await OnlyDeployableAsync(client, name, cancellationToken), name, cancellationToken);
    }

    /// <summary>Finds an instance of a deployable by its label or UUID.</summary>
    /// <param name="client">The client of the servers.</param>
    /// <param name="deployable">The deployable.</param>
    /// <param name="name">The label or the UUID.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="CommandFailure">There is no such instance, or several instances have the label.</exception>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public static async Task<InstanceStatus> FindInAsync(
        GatewayClient client, DeployableId deployable, string name, CancellationToken cancellationToken)
    {
        var named = new InstanceFilter { Name = name };
        var selected = await client.ListInstancesAsync(deployable, named, cancellationToken).ToListAsync(cancellationToken);
        var found = selected.Named(name);
        if (found is [var one]) return one;
        if (found.IsEmpty)
        {
            var labels = await client.ListInstancesAsync(deployable, cancellationToken)
                .Select(instance => instance.Label).ToListAsync(cancellationToken);
            var remedy = NearestName.Find(name, labels) is { } nearest
                ? $"did you mean {nearest}?"
                : $"see: audrey status {deployable}";
            throw new CommandFailure(ExitCode.NotFound, $"{deployable} has no instance {name}; {remedy}");
        }

        throw new CommandFailure(
            ExitCode.Usage,
            $"{name} is the label of several instances of {deployable}. Give a UUID: "
                + string.Join(", ", found.Select(instance => instance.Id.Value)));
    }

    /// <summary>Returns the deployable that is given, or else the only one that the conductor has.</summary>
    /// <exception cref="CommandFailure">None is given, and the conductor does not have exactly one.</exception>
    public static async Task<DeployableId> DeployableAsync(string? given, GatewayClient client, CancellationToken cancellationToken)
    {
        if (given is not null) return DeployableId.Parse(given);
        var some = await client.ListDeployablesAsync(cancellationToken).Take(2).ToListAsync(cancellationToken);
        return some switch
        {
            [var only] => only,
            [] => throw new CommandFailure(ExitCode.NotFound, "This conductor has no deployable."),
            [var first, ..] => throw new CommandFailure(
                ExitCode.Usage, $"This conductor has several deployables. Give the id of one, for example: {first}"),
        };
    }

    /// <summary>Splits an argument into the instance and the service. The service is null if there is none.</summary>
    private static (string Instance, string? Service) Split(string argument)
    {
        var slash = argument.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (argument, null) : (argument[..slash], argument[(slash + 1)..]);
    }

    private static async Task<DeployableId> OnlyDeployableAsync(GatewayClient client, string name, CancellationToken cancellationToken)
    {
        var some = await client.ListDeployablesAsync(cancellationToken).Take(2).ToListAsync(cancellationToken);
        return some switch
        {
            [var only] => only,
            [] => throw new CommandFailure(ExitCode.NotFound, $"There is no instance {name}, because this conductor has no deployable."),
            [var first, ..] => throw new CommandFailure(
                ExitCode.NotFound,
                $"No instance has the UUID {name}. If it is a label, name its deployable, for example: "
                    + $"{NameSuggestions.DeployableOption} {first}"),
        };
    }
}
