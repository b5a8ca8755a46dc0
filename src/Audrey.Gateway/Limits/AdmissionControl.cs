using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Limits;

/// <summary>
/// Limits the number of guests' requests that are processed concurrently. Pending polls do not count. Further requests wait in the fair
/// queue. If the queue has no room, a request is rejected with <c>Retry-After</c>. See decision 0031.
/// </summary>
internal sealed class AdmissionControl(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>The time over which the returns of rejected clients are spread.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly AdaptiveConcurrencyLimit _limit = new(options.Value.MaxActive, options.Value.WantedTime, time);
    private readonly FairQueue<TaskCompletionSource<bool>> _queue = new(options.Value.MaxQueued);
    private readonly Lock _lock = new();
    private int _active;
    private int _rejected;
    private int _rejectedBefore;
    private long _windowBegan = time.GetTimestamp();

    /// <summary>Gets the number of requests that are being processed.</summary>
    public int Active
    {
        get
        {
            lock (_lock) return _active;
        }
    }

    /// <summary>Admits a request, immediately or after it has waited in the queue. Returns false if the request must be rejected.</summary>
    /// <param name="deployable">The id of the guest's deployable, or empty if it is unknown before the guest is authenticated.</param>
    /// <param name="http">The request.</param>
    /// <exception cref="OperationCanceledException">The client disconnected while the request was in the queue.</exception>
    public ValueTask<bool> Enter(string deployable, HttpContext http)
    {
        TaskCompletionSource<bool> waiting;
        lock (_lock)
        {
            if (_active < _limit.Current && _queue.Count == 0)
            {
                _active++;
                return ValueTask.FromResult(true);
            }

            waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Add(deployable, waiting)?.SetResult(false);
        }

        return new(Wait(waiting.Task, http));
    }

    private async Task<bool> Wait(Task<bool> waiting, HttpContext http)
    {
        if (!await waiting) return false;
        if (!http.RequestAborted.IsCancellationRequested) return true;

        // The client has disconnected, so the next request in the queue is admitted instead.
        Leave(TimeSpan.Zero);
        throw new OperationCanceledException(http.RequestAborted);
    }

    /// <summary>Counts a request again after it has been a pending poll.</summary>
    public void Return()
    {
        lock (_lock) _active++;
    }

    /// <summary>Called when a request is done, or becomes a pending poll.</summary>
    /// <param name="took">The time that the server worked on the request.</param>
    public void Leave(TimeSpan took)
    {
        lock (_lock)
        {
            _limit.RecordDone(took, _active);
            _active--;
            while (_active < _limit.Current && _queue.TryTake(out var next))
            {
                _active++;
                next.SetResult(true);
            }
        }
    }

    /// <summary>Counts a rejected request. Returns the number of recently rejected requests, including this one.</summary>
    public int RecordRejection()
    {
        lock (_lock)
        {
            var passed = time.GetElapsedTime(_windowBegan);
            if (passed > Window)
            {
                _rejectedBefore = passed > 2 * Window ? 0 : _rejected;
                _rejected = 0;
                _windowBegan = time.GetTimestamp();
            }

            return ++_rejected + _rejectedBefore;
        }
    }
}
