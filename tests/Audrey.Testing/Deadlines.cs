namespace Audrey.Testing;

/// <summary>
/// Waits with a deadline. The error of a missed deadline names the awaited event. The deadlines are so long that they expire only if the
/// event never occurs.
/// </summary>
public static class Deadlines
{
    public static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    public static Task Within(this Task task, string what, TimeSpan? deadline = null) =>
        Named(task.WaitAsync(deadline ?? Generous, TimeProvider.System), what);

    public static async Task<T> Within<T>(this Task<T> task, string what, TimeSpan? deadline = null)
    {
        await ((Task)task).Within(what, deadline);
        return await task;
    }

    /// <summary>Repeats a check until it holds.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Generous, TimeProvider.System);
        while (!await condition().Within(what))
        {
            if (deadline.IsCancellationRequested) throw new TimeoutException($"This did not happen in time: {what}.");
            await Task.Yield();
        }
    }

    /// <summary>Repeats a check until it holds.</summary>
    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    private static async Task Named(Task task, string what)
    {
        try
        {
            await task;
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"This did not happen in time: {what}.", exception);
        }
    }
}
