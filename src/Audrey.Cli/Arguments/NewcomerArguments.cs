using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Planning;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The options for the user data of instances that are added after the launch. The options are checked before a request is sent to the
/// servers, because the servers return the secrets only once.
/// </summary>
internal sealed class NewcomerArguments
{
    private readonly MachineSetupArguments _setup = new();
    private readonly Option<string?> _endpoint;
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The directory for the user data of each new machine. It can be the directory of the launch or another directory.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string> _form = new("--user-data")
    {
        Description = "The form of the user data: user-data, cloud-config or nocloud.",
        DefaultValueFactory = _ => "user-data",
        HelpName = "FORM",
    };

    public NewcomerArguments(Terminal terminal)
    {
        _endpoint = new Option<string?>("--endpoint")
        {
            Description = "The config server's address for guests, as http://HOST:PORT. Default: the variable AUDREY_ENDPOINT, or the "
                + "profile's URL.",
            HelpName = "URL",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_ENDPOINT"),
        };
        _form.AcceptOnlyFromAmong("user-data", "cloud-config", "nocloud");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _endpoint, _output, _form }) command.Options.Add(option);
        _setup.AddTo(command);
    }

    /// <summary>Reads the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="client">The client of the servers. Guests use its address unless the command line names another one.</param>
    /// <exception cref="CommandFailure">An option cannot be used.</exception>
    public Newcomers Read(ParseResult parsed, GatewayClient client)
    {
        var (endpoint, form) = (client.Url, UserDataOutput.FormOf(parsed.GetValue(_form)!) ?? UserDataForm.Text);
        var setup = _setup.Read(parsed);
        if (parsed.GetValue(_endpoint) is not { Length: > 0 } text)
            setup = setup with { CaCertificates = setup.CaCertificates ?? _setup.DefaultCa(parsed, client, form) };
        else if (!Uri.TryCreate(text, UriKind.Absolute, out endpoint))
            throw new CommandFailure(ExitCode.Usage, $"--endpoint {text} is not a URL; write http://HOST:PORT.");
        if (LaunchPlanner.EndpointProblem(endpoint) is { } problem) throw new CommandFailure(ExitCode.Usage, $"--endpoint: {problem}.");
        var newcomers = new Newcomers(endpoint, PlanDirectory.Open(parsed.GetValue(_output)!), form, setup, _setup.TakesStoredCa(parsed));
        try
        {
            newcomers.CheckSetup();
            return newcomers;
        }
        catch
        {
            newcomers.Dispose();
            throw;
        }
    }
}
