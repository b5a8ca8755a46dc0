using System.ComponentModel.DataAnnotations;

namespace Audrey.Gateway.Settings;

/// <summary>How the gateway treats connections and calls.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Gateway";

    /// <summary>Connections that may be open at a time. Further ones are closed at once.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Maximum size of a request's headers together.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>Maximum size of a request's first line.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 16 * 1024;

    /// <summary>Time in which a request's headers must arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time after which an idle connection is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Whether guests and conductors of version 3 may send their secret over plain HTTP from other machines. If not, it is accepted only
    /// over TLS, from a configured proxy that received it over TLS, or from this machine.
    /// </summary>
    public bool BasicWithoutTls { get; set; }

    /// <summary>
    /// Time from the stop signal, when <c>/health/ready</c> turns to 503, until connections are no longer accepted. A load balancer needs
    /// it to notice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>Time in which a grain must have answered, repeated attempts included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CallDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time in which a conductor's command must have been answered. A registration may have to fetch files first, and a deletion may have
    /// many instances to delete.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Minimum of <c>Retry-After</c>. A random part of up to the same length is added, so that clients do not come back together.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Guests' credentials that are kept in memory.</summary>
    [Range(2, 16_777_216)]
    public int CachedCredentials { get; set; } = 131_072;

    /// <summary>Maximum time that a guest of version 3 may wait for a newer configuration in one request.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that may wait for a newer configuration at a time. Further ones are answered at once and told to poll.</summary>
    [Range(0, 10_000_000)]
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>
    /// How often the instance of a waiting request is asked again. This is how long a lost notification, as after a silo's death, can go
    /// unnoticed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan WaitCheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Requests of guests of version 3 that are worked on at a time, waiting ones left out. Further ones wait in the fair queue, where
    /// deployables take turns.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxActive { get; set; } = 4096;

    /// <summary>
    /// Time in which requests of version 3 should be answered. When most of them take longer, fewer than <see cref="MaxActive"/> are worked
    /// on at a time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan WantedTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Requests of guests of version 3 that may wait in the fair queue. Further ones are answered 503 with <c>Retry-After</c>.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxQueued { get; set; } = 8192;

    /// <summary>Requests of one instance of version 3 that are worked on at a time. Further ones are answered 429.</summary>
    [Range(1, 10_000)]
    public int MaxActivePerInstance { get; set; } = 16;

    /// <summary>Requests of one conductor of version 3 that are worked on at a time. Further ones are answered 429.</summary>
    [Range(1, 10_000)]
    public int MaxActivePerConductor { get; set; } = 64;

    /// <summary>Streams of events that one conductor may have open at a server. Further ones are answered 429.</summary>
    [Range(0, 100_000)]
    public int MaxEventStreams { get; set; } = 64;
}
