using Audrey.Abstractions.Resilience;

namespace Audrey.Grains;

/// <summary>How values travel between instances. Options under <c>Audrey:Propagation</c>.</summary>
public sealed class PropagationOptions
{
    /// <summary>
    /// How long a guest's PUT waits until its values have reached the dependents. The push goes on afterwards. Default 200 ms, range 0 to
    /// 10 s.
    /// </summary>
    public TimeSpan PushBound { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The delay before a failed push is repeated. It doubles with each failure, up to ten times this. Default 200 ms, range 10 ms to 10 s.
    /// </summary>
    public TimeSpan PushRetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Attempts to reach a dependent. Default 60 (about two minutes), range 1 to 1,000.</summary>
    public int PushAttempts { get; set; } = 60;

    /// <summary>How often at most an incomplete instance pulls what is missing. Default 1 s, range 100 ms to 1 h.</summary>
    public TimeSpan PullInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often at most a polled instance that is complete pulls from its providers in the background. A push that was lost without the
    /// death
    /// of a silo goes unnoticed for this long at most. Default 1 min, range 1 s to 1 d.
    /// </summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often an unfinished deletion is taken up again. Default 30 s, range 100 ms to 1 h.</summary>
    public TimeSpan DeletionRetryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How pushes and other calls among grains are repeated.</summary>
    internal RetryPolicy Retries => new() { FirstDelay = PushRetryDelay, MaxDelay = PushRetryDelay * 10, MaxCalls = PushAttempts };
}
