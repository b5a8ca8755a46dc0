using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Client;
using Audrey.Core.Ids;

namespace Audrey.Cli.Arguments;

/// <summary>The options for the connection: the addresses of the servers, and the conductor.</summary>
internal sealed class ConnectionArguments
{
    private const double DefaultTimeoutSeconds = 30;

    private readonly Option<string[]> _servers;
    private readonly Option<string?> _database;
    private readonly Option<string> _conductor;
    private readonly Option<string> _cluster;
    private readonly Option<double?> _timeout;

    public ConnectionArguments(Terminal terminal)
    {
        _servers = new Option<string[]>("--server")
        {
            Description = "A server's port for clients, as host:port. Repeat it for further servers. Default: AUDREY_SERVER, "
                + "separated by commas.",
            HelpName = "HOST:PORT",
            DefaultValueFactory = _ =>
                terminal.Environment("AUDREY_SERVER")?.Split(
                    ',',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        };
        _database = new Option<string?>("--database")
        {
            Description = "Instead of --server: connection string of the PostgreSQL database that holds the cluster's membership. "
                + "Default: AUDREY_DATABASE, which other users of the machine cannot see.",
            HelpName = "CONNECTION",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_DATABASE"),
        };
        _conductor = new Option<string>("--conductor")
        {
            Description = "Key of the conductor that owns the deployables. Default: AUDREY_CONDUCTOR, else conductor.",
            HelpName = "KEY",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_CONDUCTOR") ?? "conductor",
        };
        _cluster = new Option<string>("--cluster")
        {
            Description = "Id of the servers' cluster. Default: AUDREY_CLUSTER, else audrey.",
            HelpName = "ID",
            DefaultValueFactory = _ => terminal.Environment("AUDREY_CLUSTER") ?? "audrey",
        };
        _timeout = CommonOptions.Seconds("--timeout", $"How long to try to reach the servers. Default {DefaultTimeoutSeconds}.");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _servers, _database, _conductor, _cluster, _timeout }) command.Options.Add(option);
    }

    /// <summary>Connects to the cluster.</summary>
    /// <exception cref="CommandFailure">An option cannot be used.</exception>
    public async Task<AudreyClient> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!ConductorKey.TryParse(parsed.GetValue(_conductor), out var conductor, out var problem))
            throw new CommandFailure(ExitCode.Usage, $"--conductor: {problem}");
        var (servers, database) = (parsed.GetValue(_servers) ?? [], parsed.GetValue(_database));
        // An option on the command line takes precedence over the environment.
        if (IsGiven(parsed, _servers) && !IsGiven(parsed, _database)) database = null;
        if (IsGiven(parsed, _database) && !IsGiven(parsed, _servers)) servers = [];
        if (servers.Length == 0 && database is null)
            throw new CommandFailure(
                ExitCode.Usage,
                "Where is the server? Give --server HOST:PORT (its port for clients, Audrey:Silo:GatewayPort) or --database, or set "
                    + "AUDREY_SERVER or AUDREY_DATABASE.");
        var timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout) ?? DefaultTimeoutSeconds);
        var defaults = new AudreyClientOptions { Conductor = conductor };
        try
        {
            return await AudreyClient.ConnectAsync(
                new AudreyClientOptions
                {
                    Conductor = conductor,
                    Gateways = servers,
                    ConnectionString = database,
                    ClusterId = parsed.GetValue(_cluster)!,
                    Deadline = timeout,
                    AttemptTimeout = timeout < defaults.AttemptTimeout ? timeout : defaults.AttemptTimeout,
                },
                cancellationToken);
        }
        catch (ArgumentException error)
        {
            throw new CommandFailure(ExitCode.Usage, error.Message);
        }
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
