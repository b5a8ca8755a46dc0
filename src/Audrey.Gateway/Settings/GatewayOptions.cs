namespace Audrey.Gateway.Settings;

/// <summary>How the gateway treats connections and calls. Bound from <c>Audrey:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section that these options are bound from.</summary>
    public const string Section = "Audrey:Gateway";

    /// <summary>Time in which a grain must have answered, attempts again included. Default 10 s, range 100 ms to 5 min.</summary>
    public TimeSpan CallDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The same for a conductor's command: a registration may have to fetch files first, a deletion may have many instances to
    /// delete. Default 60 s, range 1 s to 10 min.
    /// </summary>
    public TimeSpan CommandDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What <c>Retry-After</c> tells a client at least; up to as much again is added at random, so that clients do not come back
    /// together. Default 2 s, range 1 s to 1 h.
    /// </summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Guests' credentials kept in memory. Default 131,072, range 2 to 16,777,216.</summary>
    public int CachedCredentials { get; set; } = 131_072;

    /// <summary>Connections open at a time; more are closed at once. Default 100,000, range 1 to 10,000,000.</summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Size of a request's headers in all, in bytes. Default 32 KiB, range 1 KiB to 1 MiB.</summary>
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>Length of a request's first line, in bytes. Default 16 KiB, range 1 KiB to 1 MiB.</summary>
    public int MaxRequestLineBytes { get; set; } = 16 * 1024;

    /// <summary>Time in which a request's headers must have come. Default 15 s, range 1 s to 10 min.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time after which an idle connection is closed. Default 130 s, range 1 s to 1 h.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Whether guests and conductors of version 3 may send their secret over plain HTTP from other machines. Default false: only by TLS,
    /// by a configured proxy that came by TLS, or from this machine.
    /// </summary>
    public bool BasicWithoutTls { get; set; }

    /// <summary>The longest that a guest of version 3 may wait for a newer configuration in one request. Default 60 s, range 1 s to 10 min.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that wait at a time; more are answered at once and told to poll. Default 100,000, range 0 to 10,000,000.</summary>
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>Streams of events that one conductor may have open; one more is answered 429. Default 64, range 0 to 100,000.</summary>
    public int MaxEventStreams { get; set; } = 64;

    /// <summary>
    /// Requests of guests of version 3 that are worked on at a time, at most, those that wait for news left out. More wait in line. Default
    /// 4,096, range 1 to 1,000,000.
    /// </summary>
    public int MaxActive { get; set; } = 4096;

    /// <summary>
    /// Time in which requests of version 3 are to be answered: when most take longer, fewer than <see cref="MaxActive"/> are worked on at a
    /// time. Default 1 s, range 50 ms to 1 min.
    /// </summary>
    public TimeSpan WantedTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Requests of guests of version 3 that wait in line to be worked on; more are answered 503 with <c>Retry-After</c>. Default 8,192, range 0 to
    /// 1,000,000.
    /// </summary>
    public int MaxQueued { get; set; } = 8192;

    /// <summary>Requests of one conductor of version 3 that are worked on at a time; more are answered 429. Default 64, range 1 to 10,000.</summary>
    public int MaxActivePerConductor { get; set; } = 64;

    /// <summary>The same for one instance; more are answered 429. Default 16, range 1 to 10,000.</summary>
    public int MaxActivePerInstance { get; set; } = 16;

    /// <summary>
    /// How often a waiting request's instance is asked again: the longest that it goes unnoticed that the news was lost, as with a silo.
    /// Default 10 s, range 100 ms to 2 min.
    /// </summary>
    public TimeSpan WaitCheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time from a stop signal, when <c>/health/ready</c> turns to 503, until connections are no longer accepted: what a load
    /// balancer needs to notice. Default 0, range 0 to 5 min.
    /// </summary>
    public TimeSpan DrainDelay { get; set; }
}
