namespace Audrey.Grains.Cluster;

/// <summary>Runs pieces of a grain's work one after another, in the order they came, while other calls interleave.</summary>
internal sealed class Turns
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs <paramref name="work"/> once all that came before is done, however that ended.</summary>
    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        var before = _last;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _last = done.Task;
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
}
