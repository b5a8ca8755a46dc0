namespace Audrey.EndToEnd.Tests.Support;

/// <summary>The lines that a process writes, and who waits for one of them.</summary>
internal sealed class ProcessLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Found)> _waiting = [];
    private bool _ended;

    /// <summary>Everything written so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock) return string.Join(Environment.NewLine, _lines);
        }
    }

    /// <summary>Completes with the first line that is the one, written already or to come; fails if the process ends without it.</summary>
    public Task<string> Line(Func<string, bool> isIt)
    {
        lock (_lock)
        {
            if (_lines.Find(line => isIt(line)) is { } written) return Task.FromResult(written);
            if (_ended) return Task.FromException<string>(TooLate());
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isIt, found));
            return found.Task;
        }
    }

    /// <summary>Takes in everything until the end.</summary>
    public async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                _waiting.RemoveAll(waiting => waiting.IsIt(line) && waiting.Found.TrySetResult(line));
            }
        }

        lock (_lock)
        {
            _ended = true;
            foreach (var (_, found) in _waiting) found.TrySetException(TooLate());
        }
    }

    private static EndOfStreamException TooLate() => new("The process ended before it wrote the line.");
}
