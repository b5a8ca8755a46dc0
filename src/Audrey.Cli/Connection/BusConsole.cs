using System.Globalization;
using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Cli.Exit;

namespace Audrey.Cli.Connection;

/// <summary>A console on the message bus that is connected.</summary>
internal sealed class BusConsole : IAsyncDisposable
{
    /// <summary>The time between two looks at the agents that have answered.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly BusConnection _connection;
    private readonly QmfConsole _console;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    private BusConsole(BusConnection connection, TimeSpan timeout, TimeProvider time)
    {
        (_connection, _timeout, _time) = (connection, timeout, time);
        _console = new QmfConsole(connection, time);
    }

    /// <summary>Gets the number of indications that were dropped because they were not read in time.</summary>
    public long Dropped => _console.DroppedIndications;

    /// <exception cref="CommandFailure">The bus did not accept the connection in time.</exception>
    public static async Task<BusConsole> ConnectAsync(
        BusOptions options, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new BusConnection(options with { ConnectTimeout = timeout }, time);
        var console = new BusConsole(connection, timeout, time);
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.StateChanged += state =>
        {
            if (state == BusState.Waiting) refused.TrySetResult();
        };
        connection.Start();
        var connecting = connection.WaitConnectedAsync(cancellationToken);
        if (await Task.WhenAny(connecting, refused.Task) == connecting)
        {
            await connecting;
            return console;
        }

        var reason = connection.LastError ?? "it ended the connection";
        await connection.DisposeAsync();
        throw new CommandFailure(ExitCode.Unavailable, $"The bus {options.Url} did not accept the connection: {reason}");
    }

    /// <summary>Asks all agents to describe themselves, and returns those that have answered within a time.</summary>
    public async Task<IReadOnlyList<SeenAgent>> LocateAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await AskForAgentsAsync(cancellationToken);
        await Task.Delay(wait, _time, cancellationToken);
        return [.. _console.Agents.OrderBy(agent => agent.Description.Name.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Returns the agent with a name, or with the only name that contains it, such as the UUID of an instance.</summary>
    /// <exception cref="CommandFailure">No such agent has answered, or several have.</exception>
    public async Task<SeenAgent> FindAsync(string name, TimeSpan wait, CancellationToken cancellationToken)
    {
        await AskForAgentsAsync(cancellationToken);
        var began = _time.GetTimestamp();
        while (true)
        {
            if (_console.Agents.FirstOrDefault(agent => agent.Description.Name.ToString() == name) is { } exact) return exact;
            if (_time.GetElapsedTime(began) >= wait) break;
            await Task.Delay(LookInterval, _time, cancellationToken);
        }

        var matching = _console.Agents.Where(agent => IsNamed(agent, name)).ToList();
        return matching switch
        {
            [var only] => only,
            [] => throw new CommandFailure(
                ExitCode.NotFound,
                $"No agent with {name} in its name has answered within {Seconds(wait)} s. To see the agents, run: audrey bus agents"),
            _ => throw new CommandFailure(
                ExitCode.NotFound,
                $"Several agents have {name} in their names: {string.Join(", ", matching.Select(agent => agent.Description.Name))}."),
        };
    }

    /// <exception cref="CommandFailure">The agent has refused the query, or has not answered.</exception>
    public Task<IReadOnlyList<QmfObject>> QueryAsync(SeenAgent agent, string? className, CancellationToken cancellationToken) => AskAsync(
        agent,
        async cancellation =>
        {
            var schema = className is null ? null : new QmfSchemaId("", className);
            if (schema is not null)
            {
                var schemas = await _console.SchemaAsync(agent.Description.Name, null, cancellation);
                schema = schemas.FirstOrDefault(one => one.Id.Class == className)?.Id ?? throw new CommandFailure(
                    ExitCode.NotFound,
                    $"The agent has no class {className}. Its classes are {string.Join(", ", schemas.Select(one => one.Id.Class))}.");
            }

            return await _console.QueryAsync(
                agent.Description.Name, new QmfQuery(QmfTarget.Object) { Schema = schema }, cancellation);
        },
        cancellationToken);

    /// <exception cref="CommandFailure">The agent has refused the call, or has not answered.</exception>
    public Task<IReadOnlyDictionary<string, object?>> CallAsync(SeenAgent agent, QmfCall call, CancellationToken cancellationToken) =>
        AskAsync(agent, cancellation => _console.CallAsync(agent.Description.Name, call, cancellation), cancellationToken);

    /// <summary>Returns indications as they come.</summary>
    public IAsyncEnumerable<QmfIndication> WatchAsync(CancellationToken cancellationToken) => _console.Indications(cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static bool IsNamed(SeenAgent agent, string name) =>
        agent.Description.Name.ToString().Contains(name, StringComparison.Ordinal)
        || (agent.Description.Attributes.GetValueOrDefault("hostname") as string) == name;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    private async Task AskForAgentsAsync(CancellationToken cancellationToken)
    {
        var outcome = await _console.LocateAsync().WaitAsync(_timeout, _time, cancellationToken);
        if (outcome.Kind != BusOutcomeKind.Accepted)
            throw new CommandFailure(ExitCode.Failed, $"The bus has not accepted the request: {outcome.Description}");
    }

    private async Task<T> AskAsync<T>(SeenAgent agent, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (Exception refusal) when (refusal is QmfException or QmfFormatException)
        {
            throw new CommandFailure(ExitCode.Failed, $"{agent.Description.Name}: {refusal.Message}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Unavailable, $"{agent.Description.Name} has not answered within {Seconds(_timeout)} s.");
        }
    }
}
