using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Agents;

/// <summary>
/// An agent of QMF v2: it answers the requests of consoles, and sends heartbeats, changed objects and events.
/// </summary>
public sealed class QmfAgent : IAsyncDisposable
{
    private const int Credit = 64;
    private const int MaxConcurrentRequests = 8;
    private readonly BusConnection _connection;
    private readonly IAgentObjects _objects;
    private readonly TimeProvider _time;
    private readonly AgentDescription _description;
    private readonly SemaphoreSlim _requests = new(MaxConcurrentRequests);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _keyEnd;
    private ITimer? _heartbeats;

    /// <summary>Makes an agent. It begins when the connection is started after <see cref="Start"/>.</summary>
    /// <param name="connection">A connection that is not started. The agent does not own it.</param>
    /// <param name="description">The name, the attributes and the interval of the heartbeats, at least one second.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="time">The clock.</param>
    public QmfAgent(BusConnection connection, AgentDescription description, IAgentObjects objects, TimeProvider time)
    {
        if (description.HeartbeatInterval < TimeSpan.FromSeconds(1))
            throw new ArgumentException("The interval of the heartbeats must be at least one second.", nameof(description));
        (_connection, _objects, _time) = (connection, objects, time);
        _description = description with
        {
            DirectSubject = $"direct-agent.route.{Guid.NewGuid()}",
            SchemaUpdated = QmfValues.Nanoseconds(time.GetUtcNow()),
        };
        var name = description.Name;
        _keyEnd = $"{KeyWord(name.Vendor)}.{KeyWord(name.Product)}.{KeyWord(name.Instance)}";
        connection.Receive(new BusAddress(BusAddress.Topic, "console.#"), Credit, OnMessageAsync);
        connection.Receive(new BusAddress(BusAddress.Topic, _description.DirectSubject), Credit, OnMessageAsync);
        connection.Receive(new BusAddress(BusAddress.Direct, name.ToString()), Credit, OnMessageAsync);
        connection.StateChanged += OnStateChanged;
    }

    /// <summary>The name.</summary>
    public AgentName Name => _description.Name;

    /// <summary>Begins to send heartbeats: one after each connect, and then at the interval.</summary>
    public void Start() =>
        _heartbeats ??= _time.CreateTimer(_ => SendHeartbeat(), null, _description.HeartbeatInterval, _description.HeartbeatInterval);

    /// <summary>Sends changed objects of one class. The task ends with the answer of the broker, and does not fail.</summary>
    /// <param name="className">The class.</param>
    /// <param name="objects">The objects, each with its time.</param>
    public async Task<BusOutcome> PublishAsync(string className, IReadOnlyList<QmfObject> objects)
    {
        if (objects.Count < 2 || _connection.Options.Profile.HasLists)
            return await IndicateAsync("data", className, "_data", objects).ConfigureAwait(false);
        var outcome = BusOutcome.Accepted;
        foreach (var item in objects)
        {
            var answer = await IndicateAsync("data", className, "_data", [item]).ConfigureAwait(false);
            if (outcome.Kind is BusOutcomeKind.Accepted) outcome = answer;
        }

        return outcome;
    }

    /// <summary>Sends an event. The task ends with the answer of the broker, and does not fail.</summary>
    /// <param name="item">The event, with its schema, severity and time.</param>
    /// <exception cref="ArgumentException">The event has no schema.</exception>
    public Task<BusOutcome> RaiseAsync(QmfObject item)
    {
        if (item.Schema is not { } schema) throw new ArgumentException("The event has no schema.", nameof(item));
        return IndicateAsync("event", schema.Class, "_event", [item]);
    }

    /// <summary>Stops the heartbeats and the answers.</summary>
    public async ValueTask DisposeAsync()
    {
        _connection.StateChanged -= OnStateChanged;
        if (_heartbeats is not null) await _heartbeats.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
    }

    private Task<BusOutcome> IndicateAsync(string kind, string className, string content, IReadOnlyList<QmfObject> objects)
    {
        var package = objects.Count > 0 ? objects[0].Schema?.Package ?? "" : "";
        var key = $"agent.ind.{kind}.{KeyWord(package)}.{KeyWord(className)}.{_keyEnd}";
        return _connection.SendAsync(new QmfMessage(QmfOpcodes.DataIndication, new BusAddress(BusAddress.Topic, key), Maps(objects))
        {
            Agent = Name.ToString(),
            Content = content,
        });
    }

    private void OnStateChanged(BusState state)
    {
        if (state is BusState.Connected && _heartbeats is not null) SendHeartbeat();
    }

    private void SendHeartbeat()
    {
        // A heartbeat that waited for a connection would be old news.
        if (_connection.State is not BusState.Connected) return;
        _ = _connection.SendAsync(Describe(QmfOpcodes.Heartbeat, new BusAddress(BusAddress.Topic, $"agent.ind.heartbeat.{_keyEnd}")));
    }

    private QmfMessage Describe(string opcode, BusAddress address) =>
        new(opcode, address, (_description with { Timestamp = QmfValues.Nanoseconds(_time.GetUtcNow()) }).Write())
        {
            Agent = Name.ToString(),
        };

    // Requests run beside each other, so a slow method does not delay a query. The number that run bounds what this agent holds.
    private async ValueTask OnMessageAsync(BusDelivery delivery)
    {
        delivery.Accept();
        await _requests.WaitAsync(_stop.Token).ConfigureAwait(false);
        _ = Task.Run(() => AnswerAndReleaseAsync(delivery.Message), CancellationToken.None);
    }

    private async Task AnswerAndReleaseAsync(QmfMessage request)
    {
        try
        {
            await AnswerAsync(request).ConfigureAwait(false);
        }
        finally
        {
            _requests.Release();
        }
    }

    private async Task AnswerAsync(QmfMessage request)
    {
        try
        {
            switch (request.Opcode)
            {
                case QmfOpcodes.LocateRequest:
                    AnswerLocate(request);
                    break;
                case QmfOpcodes.QueryRequest:
                    await AnswerQueryAsync(request).ConfigureAwait(false);
                    break;
                case QmfOpcodes.MethodRequest:
                    var results = await _objects.CallAsync(QmfCall.Read(request), request.UserId, _stop.Token).ConfigureAwait(false);
                    Reply(request, QmfOpcodes.MethodResponse, QmfCall.WriteResponse(results));
                    break;
            }
        }
        catch (Exception exception) when (exception is QmfException or QmfFormatException)
        {
            Reply(request, QmfOpcodes.Exception, QmfCall.WriteError(exception.Message));
        }
        catch (OperationCanceledException)
        {
            Reply(request, QmfOpcodes.Exception, QmfCall.WriteError("The agent stops."));
        }
        catch (Exception exception)
        {
            Reply(request, QmfOpcodes.Exception, QmfCall.WriteError($"The agent failed: {exception.Message}"));
        }
    }

    // All agents hear this request, so an agent that is not meant says nothing.
    private void AnswerLocate(QmfMessage request)
    {
        if (request.ReplyTo is not { } replyTo) return;
        if (request.Body is IReadOnlyList<object?> { Count: > 0 } && !QmfPredicate.Read(request.Body).Holds(_description.Values())) return;
        _ = _connection.SendAsync(Describe(QmfOpcodes.LocateResponse, replyTo) with { CorrelationId = request.CorrelationId });
    }

    private async Task AnswerQueryAsync(QmfMessage request)
    {
        var query = QmfQuery.Read(request);
        if (query.Target is QmfTarget.Schema or QmfTarget.SchemaId)
        {
            var schemas = _objects.Schemas.Where(schema => query.Schema is null || schema.Id.IsSame(query.Schema)).ToList();
            if (query.Target is QmfTarget.Schema) Reply(request, "_schema", schemas.ConvertAll(schema => (object?)schema.Write()));
            else Reply(request, "_schema_id", schemas.ConvertAll(schema => (object?)schema.Id.Write()));
            return;
        }

        var all = await _objects.ReadAsync(query.Schema?.Class, _stop.Token).ConfigureAwait(false);
        var selected = all.Where(query.Selects).ToList();
        if (query.Target is QmfTarget.ObjectId)
            Reply(request, "_object_id", selected.Where(item => item.Id is not null).Select(item => (object?)item.Id!.Write()).ToList());
        else
            Reply(request, "_data", Maps(selected));
    }

    // Each response has one item, so that its size does not depend on the number of items.
    private void Reply(QmfMessage request, string content, List<object?> items)
    {
        for (var index = 0; index < Math.Max(items.Count, 1); index++)
        {
            var item = items.Count == 0 ? [] : new List<object?> { items[index] };
            Reply(request, QmfOpcodes.QueryResponse, item, content, index < items.Count - 1);
        }
    }

    private void Reply(QmfMessage request, string opcode, object body, string content = "", bool isPartial = false)
    {
        if (request.ReplyTo is not { } replyTo) return;
        _ = _connection.SendAsync(new QmfMessage(opcode, replyTo, body)
        {
            Agent = Name.ToString(),
            Content = content,
            IsPartial = isPartial,
            CorrelationId = request.CorrelationId,
        });
    }

    private static List<object?> Maps(IReadOnlyList<QmfObject> objects) => objects.Select(item => (object?)item.Write()).ToList();

    // Words of keys are separated by dots, so names in keys have none.
    private static string KeyWord(string name) => name.Length == 0 ? "_" : name.Replace('.', '_');
}
