namespace Audrey.Grains.Concurrency;

/// <summary>Waits with an upper limit.</summary>
internal static class TaskWaits
{
    /// <summary>Waits at most <paramref name="limit"/> for a task. The task itself continues, and its failure is not rethrown.</summary>
    public static Task WaitUpToAsync(this Task task, TimeSpan limit, TimeProvider time)
    {
        return task.IsCompleted ? Task.CompletedTask : Wait();

        // Task.Delay is not used here, because its timer would outlive every call by the whole limit.
        async Task Wait()
        {
            var wait = task.WaitAsync(limit, time);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
