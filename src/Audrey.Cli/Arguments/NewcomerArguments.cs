using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Planning;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The options for the user data of instances that are added after the launch. They are checked before a request is sent to the servers,
/// because the secrets are returned only once.
/// </summary>
internal sealed class NewcomerArguments
{
    private readonly Option<string?> _endpoint;
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Directory for the user data of each new machine: that of the launch or another one.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string> _form = new("--user-data")
    {
        Description = "Form of the user data: user-data, cloud-config or nocloud.",
        DefaultValueFactory = _ => "user-data",
        HelpName = "FORM",
    };

    public NewcomerArguments(Terminal terminal)
    {
        _endpoint = new Option<string?>("--endpoint")
        {
            Description = "Where guests reach the config server, as http://HOST:PORT. Default: AUDREY_ENDPOINT.",
            HelpName = "URL",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_ENDPOINT"),
        };
        _form.AcceptOnlyFromAmong("user-data", "cloud-config", "nocloud");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _endpoint, _output, _form }) command.Options.Add(option);
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandFailure">An option cannot be used.</exception>
    public Newcomers Read(ParseResult parsed)
    {
        if (!Uri.TryCreate(parsed.GetValue(_endpoint), UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new CommandFailure(
                ExitCode.Usage,
                "New machines need the address of the config server: give --endpoint http://HOST:PORT (or AUDREY_ENDPOINT).");
        return new Newcomers(
            endpoint,
            PlanDirectory.Open(parsed.GetValue(_output)!),
            UserDataOutput.FormOf(parsed.GetValue(_form)!) ?? UserDataForm.Text);
    }
}
