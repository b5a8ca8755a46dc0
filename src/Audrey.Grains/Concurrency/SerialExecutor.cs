namespace Audrey.Grains.Concurrency;

/// <summary>
/// Runs pieces of a grain's work one after another, in the order in which they were submitted, while other calls interleave.
/// </summary>
internal sealed class SerialExecutor
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs <paramref name="work"/> once all work that was submitted before it has ended, successfully or not.</summary>
    public async Task Run(Func<Task> work)
    {
        var done = Enqueue(out var before);
        await before;
        try
        {
            await work();
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <inheritdoc cref="Run(Func{Task})"/>
    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        var done = Enqueue(out var before);
        await before;
        try
        {
            return await work();
        }
        finally
        {
            done.SetResult();
        }
    }

    private TaskCompletionSource Enqueue(out Task before)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (before, _last) = (_last, done.Task);
        return done;
    }
}
