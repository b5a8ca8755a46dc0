namespace Audrey.Gateway.Bus;

/// <summary>
/// Decides which exchanges, queues and keys an instance may use at RabbitMQ. It may send as an agent and receive requests as an agent. It
/// may neither send requests to other agents nor receive what other agents send.
/// </summary>
internal static class BrokerPermissions
{
    private const string TopicExchange = "qmf.default.topic";
    private const string DirectExchange = "qmf.default.direct";

    /// <summary>The prefix of the queues that RabbitMQ makes for a receiver. Nobody else can guess the rest of the name.</summary>
    private const string OwnQueues = "amq.gen-";

    /// <summary>Returns whether an instance may use an exchange or a queue.</summary>
    /// <param name="resource"><c>exchange</c> or <c>queue</c>.</param>
    /// <param name="name">The name.</param>
    /// <param name="permission"><c>configure</c>, <c>write</c> or <c>read</c>.</param>
    public static bool MayUse(string resource, string name, string permission) => resource switch
    {
        "exchange" => name is TopicExchange or DirectExchange && permission is "write" or "read",
        "queue" => name.StartsWith(OwnQueues, StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Returns whether an instance may send to a key of a topic exchange, or bind its queue to a pattern of keys.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="key">The key, or the pattern.</param>
    /// <param name="permission"><c>write</c> or <c>read</c>.</param>
    public static bool MayUseKey(string exchange, string key, string permission) => exchange == TopicExchange && permission switch
    {
        "write" => Begins(key, "agent.ind.") || Begins(key, "direct-console."),
        "read" => key is "console.#" || Begins(key, "console.") || Begins(key, "direct-agent.route."),
        _ => false,
    };

    private static bool Begins(string key, string prefix) =>
        key.StartsWith(prefix, StringComparison.Ordinal) && (prefix != "direct-agent.route." || !key.Contains('*') && !key.Contains('#'));
}
