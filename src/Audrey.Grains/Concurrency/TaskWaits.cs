namespace Audrey.Grains.Concurrency;

/// <summary>Waits with an upper limit.</summary>
internal static class TaskWaits
{
    /// <summary>Waits for a task for <paramref name="limit"/> at most; the task itself goes on. Its failure is not rethrown.</summary>
    public static Task WaitUpToAsync(this Task task, TimeSpan limit, TimeProvider time)
    {
        return task.IsCompleted ? Task.CompletedTask : Wait();

        // Not Task.Delay: its timer would outlive every call by the whole limit.
        async Task Wait()
        {
            var wait = task.WaitAsync(limit, time);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
