namespace Audrey.Connections.Tls;

/// <summary>
/// Which connections a side opens and accepts. To turn on TLS in a running cluster, change all servers from one mode to the next, in the
/// order of this list, one server after another. Then every server can reach every other server at any time.
/// </summary>
public enum TlsMode
{
    /// <summary>Opens and accepts only connections without TLS.</summary>
    Off,

    /// <summary>Opens connections without TLS, and accepts connections with and without TLS.</summary>
    Accept,

    /// <summary>Opens connections with TLS, and accepts connections with and without TLS.</summary>
    Prefer,

    /// <summary>Opens and accepts only connections with TLS.</summary>
    Require,
}
