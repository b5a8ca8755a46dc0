using System.Collections.Concurrent;
using System.Threading.Channels;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Consoles;

/// <summary>
/// A console of QMF v2: it finds agents, queries them, calls their methods, and receives their indications.
/// </summary>
public sealed class QmfConsole
{
    private const int Credit = 256;
    private const int MaxAgents = 100_000;
    private const int MaxItems = 100_000;
    private const string LocateId = "agent-locate";
    private readonly BusConnection _connection;
    private readonly TimeProvider _time;
    private readonly BusAddress _replyTo = new(BusAddress.Topic, $"direct-console.{Guid.NewGuid()}");
    private readonly ConcurrentDictionary<string, SeenAgent> _agents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly Channel<QmfIndication> _indications;
    private long _dropped;
    private long _requests;

    /// <summary>Makes a console. It begins when the connection is started.</summary>
    /// <param name="connection">A connection that is not started. The console does not own it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxIndications">The largest number of indications that wait to be read. The oldest ones are dropped.</param>
    public QmfConsole(BusConnection connection, TimeProvider time, int maxIndications = 1_000)
    {
        (_connection, _time) = (connection, time);
        var options = new BoundedChannelOptions(maxIndications) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = false };
        _indications = Channel.CreateBounded<QmfIndication>(options, _ => Interlocked.Increment(ref _dropped));
        connection.Receive(_replyTo, Credit, OnResponseAsync);
        connection.Receive(new BusAddress(BusAddress.Topic, "agent.#"), Credit, OnIndicationAsync);
    }

    /// <summary>The agents that the console has heard of.</summary>
    public IReadOnlyCollection<SeenAgent> Agents => [.. _agents.Values];

    /// <summary>The number of indications that were dropped because they were not read.</summary>
    public long DroppedIndications => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Asks all agents to describe themselves. Their answers appear in <see cref="Agents"/> as they come; nobody knows how many come.
    /// </summary>
    /// <param name="where">A condition on the attributes of agents, or null. Where a broker cannot pass it on, all agents answer.</param>
    public Task<BusOutcome> LocateAsync(QmfPredicate? where = null)
    {
        var body = where is not null && _connection.Options.Profile.HasLists ? where.Expression : new List<object?>();
        return _connection.SendAsync(new QmfMessage(
            QmfOpcodes.LocateRequest, new BusAddress(BusAddress.Topic, "console.request.agent_locate"), body)
        {
            CorrelationId = LocateId,
            ReplyTo = _replyTo,
        });
    }

    /// <summary>Returns the agent with a name, if the console has heard of it.</summary>
    public SeenAgent? Find(AgentName name) => _agents.GetValueOrDefault(name.ToString());

    /// <summary>Queries the objects of an agent.</summary>
    /// <param name="agent">The name of the agent.</param>
    /// <param name="query">A query with the target <see cref="QmfTarget.Object"/>.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="QmfException">The agent or the broker refuses.</exception>
    /// <exception cref="QmfFormatException">The answer is malformed.</exception>
    public async Task<IReadOnlyList<QmfObject>> QueryAsync(AgentName agent, QmfQuery query, CancellationToken cancellationToken)
    {
        var answers = await AskAsync(agent, QmfOpcodes.QueryRequest, query.Write(), cancellationToken).ConfigureAwait(false);
        return [.. answers.SelectMany(QmfObject.ReadAll)];
    }

    /// <summary>Returns the schemas of an agent.</summary>
    /// <param name="agent">The name of the agent.</param>
    /// <param name="schema">Asks for this class only, or null.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="QmfException">The agent or the broker refuses.</exception>
    /// <exception cref="QmfFormatException">The answer is malformed.</exception>
    public async Task<IReadOnlyList<QmfSchema>> SchemaAsync(AgentName agent, QmfSchemaId? schema, CancellationToken cancellationToken)
    {
        // libqmf2 describes one schema at a time, so without a class its identities are asked for first.
        if (schema is not null)
        {
            var query = new QmfQuery(QmfTarget.Schema) { Schema = schema };
            var answers = await AskAsync(agent, QmfOpcodes.QueryRequest, query.Write(), cancellationToken).ConfigureAwait(false);
            return [.. answers.SelectMany(QmfSchema.ReadAll)];
        }

        var schemas = new List<QmfSchema>();
        var all = new QmfQuery(QmfTarget.SchemaId).Write();
        var ids = await AskAsync(agent, QmfOpcodes.QueryRequest, all, cancellationToken).ConfigureAwait(false);
        foreach (var id in ids.SelectMany(QmfSchema.ReadIds))
            schemas.AddRange(await SchemaAsync(agent, id, cancellationToken).ConfigureAwait(false));
        return schemas;
    }

    /// <summary>Calls a method, and returns its results.</summary>
    /// <param name="agent">The name of the agent.</param>
    /// <param name="call">The object, the method and the arguments.</param>
    /// <param name="cancellationToken">Ends the wait for an answer. The method may run nevertheless.</param>
    /// <exception cref="QmfException">The agent or the broker refuses.</exception>
    /// <exception cref="QmfFormatException">The answer is malformed.</exception>
    public async Task<IReadOnlyDictionary<string, object?>> CallAsync(AgentName agent, QmfCall call, CancellationToken cancellationToken)
    {
        var answers = await AskAsync(agent, QmfOpcodes.MethodRequest, call.Write(), cancellationToken).ConfigureAwait(false);
        return QmfCall.ReadResponse(answers[^1]);
    }

    /// <summary>Returns indications as they come. Several readers share them.</summary>
    public IAsyncEnumerable<QmfIndication> Indications(CancellationToken cancellationToken) =>
        _indications.Reader.ReadAllAsync(cancellationToken);

    private async Task<IReadOnlyList<QmfMessage>> AskAsync(AgentName agent, string opcode, object body, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _requests).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var pending = _pending[id] = new PendingRequest(MaxItems);
        try
        {
            var subject = Find(agent)?.Description.DirectSubject;
            var address = string.IsNullOrEmpty(subject)
                ? new BusAddress(BusAddress.Direct, agent.ToString())
                : new BusAddress(BusAddress.Topic, subject);
            var outcome = await _connection.SendAsync(new QmfMessage(opcode, address, body) { CorrelationId = id, ReplyTo = _replyTo })
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (outcome.Kind is not BusOutcomeKind.Accepted)
                throw new QmfException($"The broker did not accept the request: {outcome.Kind}. {outcome.Description}".TrimEnd());
            return await pending.Answers.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    private ValueTask OnResponseAsync(BusDelivery delivery)
    {
        var message = delivery.Message;
        if (message.Opcode == QmfOpcodes.LocateResponse) See(message);
        else if (message.CorrelationId is { } id && _pending.TryGetValue(id, out var pending)) pending.Add(message);
        delivery.Accept();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnIndicationAsync(BusDelivery delivery)
    {
        var message = delivery.Message;
        switch (message.Opcode)
        {
            case QmfOpcodes.Heartbeat:
                var description = See(message);
                _indications.Writer.TryWrite(new QmfIndication(description.Name.ToString(), message, []));
                break;
            case QmfOpcodes.DataIndication:
                _indications.Writer.TryWrite(new QmfIndication(message.Agent, message, QmfObject.ReadAll(message)));
                break;
        }

        delivery.Accept();
        return ValueTask.CompletedTask;
    }

    private AgentDescription See(QmfMessage message)
    {
        var description = AgentDescription.Read(message);
        var name = description.Name.ToString();
        if (_agents.Count < MaxAgents || _agents.ContainsKey(name))
            _agents[name] = new SeenAgent(description, _time.GetUtcNow(), message.UserId);
        return description;
    }
}
