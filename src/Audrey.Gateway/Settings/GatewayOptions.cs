using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Settings;

/// <summary>The settings for the gateway's connections and calls.</summary>
public sealed partial class GatewayOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Gateway";

    /// <summary>
    /// The path that a proxy puts before the server's paths, such as <c>/configserver</c>, in lower case and without a slash at the end.
    /// Requests with it and, from a configured proxy that strips it, requests without it are served under it. Empty if there is none.
    /// </summary>
    [Setting(Default = "empty", Range = "a path")]
    public string PathBase { get; set; } = "";

    /// <summary>The maximum number of open connections. Further connections are closed immediately.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>The maximum total size of a request's headers.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The maximum size of a request's first line.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 16 * 1024;

    /// <summary>The time within which a request's headers must arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The time within which a request's whole body must arrive. A request whose body takes longer is answered with status 408.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum total size of all bodies that are being received or processed. Further requests with a body are answered with status 503
    /// and <c>Retry-After</c>. Senders that have not proved who they are can use half of it, one key a quarter but not more than is left
    /// for other keys, one address seven sixteenths, and senders with an unknown key a sixteenth.
    /// </summary>
    [Range(typeof(long), "65536", "68719476736")]
    public long MaxBodyMemoryBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>The time after which an idle connection is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Whether guests and conductors of version 3 may send their secret over plain HTTP from other machines. If not, a secret is accepted
    /// only over TLS, from a configured proxy that received it over TLS, or from this machine.
    /// </summary>
    public bool BasicWithoutTls { get; set; }

    /// <summary>
    /// Maximum difference between the timestamp of a conductor's signed request (versions 0 to 2) and this server's clock. Requests with a
    /// larger difference are answered with status 401. Guests' timestamps are not limited.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxConductorClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether guests of versions 0 to 2 may leave <c>audrey_data</c> in the form body of a PUT unsigned if they sign in the header. The
    /// oldest guests do. An attacker who captures such a PUT can change the values in it.
    /// </summary>
    public bool UnsignedGuestForms { get; set; } = true;

    /// <summary>
    /// Whether a GET of a guest of versions 0 to 2 is answered although it repeats a GET of more than 60 s before, or its timestamp is more
    /// than a day older than the newest of the guest's secret. Otherwise it is answered with status 404. Such a GET changes nothing if the
    /// server remembers the first one.
    /// </summary>
    public bool AnswerOutdatedGets { get; set; }

    /// <summary>
    /// The delay between the stop signal and the end of accepting connections. <c>/health/ready</c> returns 503 from the stop signal on, so
    /// a load balancer can notice the stop during this delay.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>The time within which a grain must answer, including repeated attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CallDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time within which a conductor's command must be answered. A registration may have to fetch files, and a deletion may have to
    /// delete many instances.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The minimum of <c>Retry-After</c>. A random time of up to the same length is added, so that clients do not return at the same
    /// moment.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of guests' credentials that are kept in memory.</summary>
    [Range(2, 16_777_216)]
    public int CachedCredentials { get; set; } = 131_072;

    /// <summary>The maximum time that one request of a guest of version 3 may wait for a newer configuration.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The maximum number of requests that wait for a newer configuration. Further requests are answered immediately, and their guests must
    /// poll.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>
    /// The interval at which the gateway polls the instance of a waiting request. A lost notification, for example after the death of a
    /// silo, goes unnoticed for at most this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan WaitCheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of requests of guests of version 3 that are processed concurrently. Waiting requests are not counted. Further
    /// requests wait in the fair queue, where deployables take turns.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxActive { get; set; } = 4096;

    /// <summary>
    /// The time within which requests of version 3 should be answered. If most requests take longer, fewer requests than
    /// <see cref="MaxActive"/> are processed concurrently.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan WantedTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum number of requests of guests of version 3 in the fair queue. Further requests are answered with status 503 and
    /// <c>Retry-After</c>.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxQueued { get; set; } = 8192;

    /// <summary>
    /// The maximum number of requests of one instance of version 3 that are processed concurrently. Further requests are answered with
    /// status 429.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxActivePerInstance { get; set; } = 16;

    /// <summary>
    /// The maximum number of requests of one conductor of version 3 that are processed concurrently. Further requests are answered with
    /// status 429.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxActivePerConductor { get; set; } = 64;

    /// <summary>
    /// The maximum number of event streams that one conductor may have open at one server. Further requests are refused with status 409 and
    /// <c>quota-exceeded</c>. The calls of one conductor over the port for clients that wait for events have the same limit.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxEventStreams { get; set; } = 64;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PathBase.Length > 0 && !LowerCasePath().IsMatch(PathBase))
            yield return SettingsCheck.Broken(nameof(PathBase),
                $"is '{PathBase}'; it must be a path such as /configserver: lower-case letters, digits and -._~, without a slash "
                + "at the end");
    }

    [GeneratedRegex(@"\A(/[a-z0-9._~-]+)+\z")]
    private static partial Regex LowerCasePath();
}
