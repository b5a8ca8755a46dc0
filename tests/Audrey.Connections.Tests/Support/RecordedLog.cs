using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Audrey.Connections.Tests.Support;

/// <summary>The messages that were logged.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> _lines = new();
    private volatile TaskCompletionSource _logged = New();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>Waits until a line that matches has been logged.</summary>
    /// <exception cref="TimeoutException">No such line was logged in time. The message contains the log.</exception>
    public async Task WaitForLineAsync(Func<string, bool> matches)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var logged = _logged.Task;
            if (_lines.Any(matches)) return;
            try
            {
                await logged.WaitAsync(Deadline - TimeProvider.System.GetElapsedTime(began), TimeProvider.System);
            }
            catch (Exception late) when (late is TimeoutException or ArgumentOutOfRangeException)
            {
                throw new TimeoutException($"No such line is in the log:{Environment.NewLine}{string.Join(Environment.NewLine, _lines)}");
            }
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Enqueue(string line)
    {
        _lines.Enqueue(line);
        Interlocked.Exchange(ref _logged, New()).SetResult();
    }
}
