using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>
/// How the exchanges of a broker are addressed. <c>{exchange}</c> and <c>{key}</c> stand for the parts of an address.
/// </summary>
/// <param name="Name">The name for people.</param>
/// <param name="Target">The node to send to. The key is the subject of each message.</param>
/// <param name="Source">The node to receive from.</param>
/// <param name="HasBindingFilter">Whether the key is also given as the filter for bindings that Qpid has.</param>
public sealed record BusProfile(string Name, string Target, string Source, bool HasBindingFilter = false)
{
    /// <summary>The embedded bus of a server.</summary>
    public static BusProfile Audrey { get; } = new("audrey", "{exchange}", "{exchange}/{key}");

    /// <summary>RabbitMQ 3 with the plugin for AMQP 1.0.</summary>
    public static BusProfile RabbitMq { get; } = new("rabbitmq", "/exchange/{exchange}", "/exchange/{exchange}/{key}");

    /// <summary>The broker of Apache Qpid.</summary>
    public static BusProfile Qpidd { get; } = new("qpidd", "{exchange}", "{exchange}", true);

    /// <summary>Returns the profile with a name.</summary>
    /// <exception cref="ArgumentException">There is no such profile.</exception>
    public static BusProfile Find(string name) => name switch
    {
        "audrey" => Audrey,
        "rabbitmq" => RabbitMq,
        "qpidd" => Qpidd,
        _ => throw new ArgumentException($"There is no address profile '{name}'. Give audrey, rabbitmq or qpidd.", nameof(name)),
    };

    internal string TargetOf(string exchange) => Target.Replace("{exchange}", exchange, StringComparison.Ordinal);

    /// <summary>Returns the node to receive from. A name that begins with a slash is a node of the broker, such as a queue.</summary>
    internal string SourceOf(BusAddress address) => address.Exchange.StartsWith('/')
        ? address.Exchange
        : Source.Replace("{exchange}", address.Exchange, StringComparison.Ordinal).Replace("{key}", address.Key, StringComparison.Ordinal);
}
