using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;
using Audrey.Bus.Agents;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Agent.Watching.Bus;

/// <summary>The guest on the bus: sends the facts that have changed, and all facts after each connect, and answers requests.</summary>
/// <param name="settings">The bus and the identity of the instance.</param>
/// <param name="facts">Reads facts for requests.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives one line when the bus is reached or lost.</param>
internal sealed class GuestAgent(GuestBus settings, MachineFacts facts, TimeProvider time, IAgentLog log)
    : IFactListener, IAgentObjects, IDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(30);

    /// <summary>The time after which facts are sent again that the server could not record.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _reading = new(1, 1), _lost = new(0, 1);
    private readonly Dictionary<string, FactChange> _newest = new(StringComparer.Ordinal);
    private readonly AgentName _name = new("audrey", "guest", settings.Instance);
    private readonly IAgentLog _once = new OnceLog(log);
    private QmfAgent? _agent;
    private bool _isConnected, _isLossLogged;

    public IReadOnlyList<QmfSchema> Schemas { get; } = FactObjects.ToSchemas(facts.Classes);

    /// <summary>
    /// Keeps a connection to the bus until it is cancelled, and then throws. When the connection is lost, and the server has given another
    /// secret or names another bus meanwhile, the next connection uses it.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var options = settings.Options;
        while (true)
        {
            var (secret, newest) = (settings.ReadSecret(), options);
            await using var connection = new BusConnection(options with { User = settings.Instance, Secret = secret }, time);
            await using var agent = new QmfAgent(connection, await DescribeAsync(cancellationToken), this, time);
            lock (_lock) _agent = agent;
            connection.StateChanged += state => OnStateChanged(connection, state);
            agent.Start();
            connection.Start();
            do
            {
                await _lost.WaitAsync(cancellationToken);
                if (settings.FindAgainAsync is { } find) newest = await find(cancellationToken) ?? newest;
            }
            while (settings.ReadSecret() == secret && newest.Url == options.Url);
            options = newest;
        }
    }

    public void Receive(FactChange change)
    {
        lock (_lock)
        {
            _newest[change.Report.Class.Name] = change;
            if (_isConnected) Send(change, isEvent: true);
        }
    }

    /// <summary>A class with a volatile property is read again. The others are as they were when they last changed.</summary>
    public async ValueTask<IReadOnlyList<QmfObject>> ReadAsync(string? className, CancellationToken cancellationToken)
    {
        var objects = new List<QmfObject>();
        foreach (var type in facts.Classes.Where(type => className is null || type.Name == className))
        {
            FactChange? newest;
            lock (_lock) newest = _newest.GetValueOrDefault(type.Name);
            if (type.Properties.Any(property => property.IsVolatile) || newest is null)
                objects.Add(FactObjects.ToObject(_name, await ReadNowAsync(type.Name, cancellationToken), time.GetUtcNow()));
            else
                objects.Add(FactObjects.ToObject(_name, newest.Report, newest.Time));
        }

        return objects;
    }

    public async ValueTask<IReadOnlyDictionary<string, object?>> CallAsync(
        QmfCall call, string? userId, CancellationToken cancellationToken)
    {
        if (call.Method != FactObjects.Query || call.Object is { Name: not FactObjects.QueriedClass })
            throw new QmfException($"There is no method {call.Method}. {FactObjects.QueriedClass} has the method {FactObjects.Query}.");
        var name = call.Arguments.GetValueOrDefault("name") as string
            ?? throw new QmfException("The argument name is missing. It is the name of a property, such as sshd-port.");
        var report = await ReadNowAsync(FactObjects.QueriedClass, cancellationToken);
        if (!report.Readings.TryGetValue(name, out var reading))
            throw new QmfException(
                $"{FactObjects.QueriedClass} has no property {name}. Its properties are {string.Join(", ", report.Readings.Keys)}.");
        return reading.ToText() is { } text
            ? new Dictionary<string, object?> { ["value"] = text }
            : throw new QmfException($"{name} is not known: {reading.Reason}");
    }

    public void Dispose()
    {
        _reading.Dispose();
        _lost.Dispose();
    }

    /// <summary>Requests are read one after another, so that many of them do not start many programs.</summary>
    private async Task<ClassReport> ReadNowAsync(string className, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return ReportLimits.Apply((await facts.ReadAsync(className, cancellationToken)).Single());
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The facts of the class Host have the machine id and the name, but heartbeats come before the facts were read.</summary>
    private async Task<AgentDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        var host = (await ReadNowAsync("Host", cancellationToken)).Readings;
        return new AgentDescription(_name)
        {
            HeartbeatInterval = HeartbeatInterval,
            Attributes = new Dictionary<string, object?>
            {
                ["hostname"] = host["hostname"].ToText() ?? "",
                ["uuid"] = host["machine-id"].ToText() ?? "",
            },
        };
    }

    private void OnStateChanged(BusConnection connection, BusState state)
    {
        lock (_lock)
        {
            _isConnected = state == BusState.Connected;
            if (_isConnected)
            {
                log.Write($"The facts are sent to {connection.Options.Url}.");
                _isLossLogged = false;
                foreach (var newest in _newest.Values) Send(newest, isEvent: false);
            }
            else if (state == BusState.Waiting && !_isLossLogged)
            {
                log.Write($"{connection.Options.Url} cannot be used: {connection.LastError} The guest tries again and again.");
                _isLossLogged = true;
            }
        }

        if (state != BusState.Waiting || _lost.CurrentCount > 0) return;
        _lost.Release();
    }

    private void Send(FactChange change, bool isEvent)
    {
        _ = PublishAsync(_agent!, change);
        if (isEvent) _ = _agent!.RaiseAsync(FactObjects.ToEvent(change));
    }

    /// <summary>
    /// Sends the facts of a class until they are accepted or refused, or there are newer ones. A connection that is lost ends it, because
    /// all facts are sent after the next connect.
    /// </summary>
    private async Task PublishAsync(QmfAgent agent, FactChange change)
    {
        var name = change.Report.Class.Name;
        while (true)
        {
            var outcome = await agent.PublishAsync(name, [FactObjects.ToObject(_name, change.Report, change.Time)]);
            if (outcome.Kind == BusOutcomeKind.Rejected)
                _once.Write($"The bus refuses the facts of {name}: {outcome.Condition} {outcome.Description}");
            if (outcome.Kind != BusOutcomeKind.Released) return;
            await Task.Delay(RetryInterval, time);
            lock (_lock)
                if (!_isConnected || _agent != agent || _newest.GetValueOrDefault(name) != change) return;
        }
    }
}
