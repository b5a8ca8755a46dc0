using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Bounds the requests of guests that are worked on at a time, those that wait for news left out. More wait in line, deployables taking
/// turns; what the line does not hold is put off with <c>Retry-After</c>. See decision 0031.
/// </summary>
internal sealed class Admission(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Who was put off comes back within such a while.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly WorkLimit _limit = new(options.Value.MaxActive, options.Value.WantedTime, time);
    private readonly FairQueue<TaskCompletionSource<bool>> _line = new(options.Value.MaxQueued);
    private readonly Lock _lock = new();
    private int _active;
    private int _putOff;
    private int _putOffBefore;
    private long _windowBegan = time.GetTimestamp();

    /// <summary>How many are worked on now.</summary>
    public int Active
    {
        get
        {
            lock (_lock) return _active;
        }
    }

    /// <summary>Takes a place, when there is one; false: the request must be put off.</summary>
    /// <param name="deployable">Whose request it is, as far as that is known before it is verified; empty: not known.</param>
    /// <param name="http">The request.</param>
    /// <exception cref="OperationCanceledException">Who sent the request has gone while it waited in line; it takes no place.</exception>
    public ValueTask<bool> Enter(string deployable, HttpContext http)
    {
        TaskCompletionSource<bool> waiting;
        lock (_lock)
        {
            if (_active < _limit.Now && _line.Count == 0)
            {
                _active++;
                return ValueTask.FromResult(true);
            }

            waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Add(deployable, waiting)?.SetResult(false);
        }

        return new(Waited(waiting.Task, http));
    }

    private async Task<bool> Waited(Task<bool> waiting, HttpContext http)
    {
        if (!await waiting) return false;
        if (!http.RequestAborted.IsCancellationRequested) return true;

        // Nobody would read the answer: the next in line has the place.
        Leave(TimeSpan.Zero);
        throw new OperationCanceledException(http.RequestAborted);
    }

    /// <summary>Lets one in again that had been let in and waited for news.</summary>
    public void Return()
    {
        lock (_lock) _active++;
    }

    /// <summary>One is done, or waits for news.</summary>
    /// <param name="took">How long it was worked on.</param>
    public void Leave(TimeSpan took)
    {
        lock (_lock)
        {
            _limit.Done(took, _active);
            _active--;
            while (_active < _limit.Now && _line.TryTake(out var next))
            {
                _active++;
                next.SetResult(true);
            }
        }
    }

    /// <summary>Counts a request that is put off.</summary>
    /// <returns>How many were lately, this one included.</returns>
    public int PutOff()
    {
        lock (_lock)
        {
            var passed = time.GetElapsedTime(_windowBegan);
            if (passed > Window)
            {
                _putOffBefore = passed > 2 * Window ? 0 : _putOff;
                _putOff = 0;
                _windowBegan = time.GetTimestamp();
            }

            return ++_putOff + _putOffBefore;
        }
    }
}
