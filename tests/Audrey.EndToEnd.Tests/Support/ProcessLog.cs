namespace Audrey.EndToEnd.Tests.Support;

/// <summary>The lines that a process has written. A test can wait for a line.</summary>
internal sealed class ProcessLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiters = [];
    private bool _ended;

    /// <summary>The lines that were written so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock) return string.Join(Environment.NewLine, _lines);
        }
    }

    /// <summary>
    /// Returns the first line that matches. If there is none yet, waits until it is written. Fails if the process ends without such a line.
    /// </summary>
    public Task<string> Line(Func<string, bool> matches)
    {
        lock (_lock)
        {
            if (_lines.Find(line => matches(line)) is { } written) return Task.FromResult(written);
            if (_ended) return Task.FromException<string>(NotFound());
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((matches, found));
            return found.Task;
        }
    }

    /// <summary>Reads the output until its end.</summary>
    public async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                _waiters.RemoveAll(waiter => waiter.Matches(line) && waiter.Found.TrySetResult(line));
            }
        }

        lock (_lock)
        {
            _ended = true;
            foreach (var (_, found) in _waiters) found.TrySetException(NotFound());
        }
    }

    private static EndOfStreamException NotFound() => new("The process ended before it wrote the line.");
}
