namespace Audrey.Grains.Cluster;

/// <summary>Waits that end.</summary>
internal static class Bounds
{
    /// <summary>Waits for a task, but no longer than that; what is left of it goes on. Its failure is its own affair.</summary>
    public static Task Within(this Task task, TimeSpan bound, TimeProvider time)
    {
        return task.IsCompleted ? Task.CompletedTask : Wait();

        // Not Task.Delay: a timer that is left behind by every call outlives it by the whole bound.
        async Task Wait()
        {
            var wait = task.WaitAsync(bound, time);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
