using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Planning;

namespace Audrey.Cli.Arguments;

/// <summary>The options for making a plan.</summary>
internal sealed class PlanningArguments
{
    private readonly ValueArguments _values = new();
    private readonly MachineSetupArguments _setup = new();
    private readonly Option<string?> _endpoint;
    private readonly Option<string?> _id = new("--id")
    {
        Description = "The deployable's id. Default: the id in the document, or a new id.",
        HelpName = "ID",
    };

    public PlanningArguments(Terminal terminal) => _endpoint = new Option<string?>("--endpoint")
    {
        Description = "The config server's address for guests, as http://HOST:PORT. Default: the variable AUDREY_ENDPOINT, or, for a "
            + "launch, the profile's URL.",
        HelpName = "URL",
        DefaultValueFactory = _ => terminal.Environment("AUDREY_ENDPOINT"),
    };

    public void AddTo(Command command)
    {
        _values.AddTo(command);
        command.Options.Add(_endpoint);
        command.Options.Add(_id);
        _setup.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandFailure">An option cannot be used.</exception>
    public LaunchOptions Read(ParseResult parsed, ILaunchIdentities identities)
    {
        Uri? endpoint = null;
        if (parsed.GetValue(_endpoint) is { Length: > 0 } text && !Uri.TryCreate(text, UriKind.Absolute, out endpoint))
            throw new CommandFailure(ExitCode.Usage, $"--endpoint {text} is not a URL; write http://HOST:PORT.");
        DeployableId? id = null;
        if (parsed.GetValue(_id) is { } given)
        {
            if (!DeployableId.TryParse(given, out var parsedId, out var problem))
                throw new CommandFailure(ExitCode.Usage, $"--id: {problem}");
            id = parsedId;
        }

        return new LaunchOptions
        {
            Endpoint = endpoint,
            Given = _values.Read(parsed),
            Id = id,
            Identities = identities,
            Setup = _setup.Read(parsed),
        };
    }

    /// <inheritdoc cref="MachineSetupArguments.DefaultCa"/>
    public string? DefaultCa(ParseResult parsed, GatewayClient client, UserDataForm form) => _setup.DefaultCa(parsed, client, form);

    /// <inheritdoc cref="MachineSetupArguments.TakesStoredCa"/>
    public bool TakesStoredCa(ParseResult parsed) => _setup.TakesStoredCa(parsed);

    /// <summary>Makes the plan.</summary>
    /// <exception cref="CommandFailure">There are problems. The message describes each problem.</exception>
    public static LaunchPlan Plan(DeployableDocument document, LaunchOptions options)
    {
        var result = LaunchPlanner.Plan(document, options);
        return result.Plan ?? throw new CommandFailure(ExitCode.Failed, [.. result.Findings.Select(finding => finding.ToString())]);
    }
}
