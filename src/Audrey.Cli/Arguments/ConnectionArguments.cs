using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Arguments;

/// <summary>The options for the connection: the profile, and how long to try to reach the servers.</summary>
internal sealed class ConnectionArguments
{
    private const double DefaultTimeoutSeconds = 30;

    /// <summary>The options of version 0.1.0. In that version, the command connected to the silos without a credential.</summary>
    private static readonly string[] Former = ["--server", "--database", "--conductor", "--cluster"];

    private readonly Terminal _terminal;
    private readonly bool _hasTimeout;
    private readonly Option<string?> _profile;
    private readonly Option<double?> _timeout = CommonOptions.Seconds(
        "--timeout", $"How long to try to reach the servers. Default {DefaultTimeoutSeconds}.");

    /// <param name="terminal">The terminal, with the environment.</param>
    /// <param name="hasTimeout">Whether the command has the option for the time of each request. A command whose own option has this name
    /// tries each request for the default time.</param>
    public ConnectionArguments(Terminal terminal, bool hasTimeout = true)
    {
        (_terminal, _hasTimeout) = (terminal, hasTimeout);
        _profile = new Option<string?>("--profile")
        {
            Description = "The profile with the server and the credential. Default: AUDREY_PROFILE, else the one in use (audrey profile "
                + "use), else the server on this machine.",
            HelpName = "NAME",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_PROFILE") is { Length: > 0 } name ? name : null,
        };
        _profile.CompletionSources.Add(_ => ProfileFile.OfUser(terminal.Environment).Names());
    }

    /// <summary>Adds only the option for the time. Used for commands that choose the profile themselves.</summary>
    public void AddTimeoutTo(Command command) => command.Options.Add(_timeout);

    public void AddTo(Command command)
    {
        command.Options.Add(_profile);
        if (_hasTimeout) command.Options.Add(_timeout);
        foreach (var name in Former)
        {
            var option = new Option<string[]>(name) { Hidden = true };
            option.Validators.Add(result => result.AddError(
                $"{name} no longer exists: the command connects to a gateway by https, with the credential of a profile. Make a profile "
                    + "with: audrey login NAME --url https://HOST:PORT --key KEY"));
            command.Options.Add(option);
        }
    }

    /// <summary>Creates a client with the profile's credential. Nothing is sent yet.</summary>
    /// <exception cref="CommandFailure">The profile or its secret cannot be used.</exception>
    public Task<GatewayClient> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        ConnectAsync(Select(parsed), parsed, cancellationToken);

    /// <summary>Returns the profile that the command line selects.</summary>
    /// <exception cref="CommandFailure">There is no such profile.</exception>
    public Profile Select(ParseResult parsed) => new ProfileSelection(_terminal.Environment).Select(parsed.GetValue(_profile));

    /// <summary>Reads the secret of a profile.</summary>
    /// <exception cref="CommandFailure">The secret cannot be read.</exception>
    public Task<string> ReadSecretAsync(Profile profile, CancellationToken cancellationToken) =>
        new SecretSource(_terminal.Environment).ReadAsync(profile, cancellationToken);

    /// <summary>Returns how long the servers may take to answer.</summary>
    public TimeSpan TimeoutOf(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(_timeout) ?? DefaultTimeoutSeconds);

    /// <summary>Creates a client with the credential of a given profile.</summary>
    /// <exception cref="CommandFailure">The profile's secret cannot be used.</exception>
    public async Task<GatewayClient> ConnectAsync(Profile profile, ParseResult parsed, CancellationToken cancellationToken)
    {
        var secret = await ReadSecretAsync(profile, cancellationToken);
        return Connect(profile, secret, parsed);
    }

    /// <summary>Creates a client with a given credential.</summary>
    public GatewayClient Connect(Profile profile, string secret, ParseResult parsed) => new(
        profile, secret, TimeoutOf(parsed), _terminal.Time);
}
