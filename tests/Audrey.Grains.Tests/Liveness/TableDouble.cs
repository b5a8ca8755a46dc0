using Audrey.Grains.Liveness;
using Audrey.Testing;

namespace Audrey.Grains.Tests.Liveness;

/// <summary>A membership table whose readings the test answers.</summary>
internal sealed class TableDouble : IOwnMembership
{
    private readonly SemaphoreSlim _began = new(0);
    private TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited;

    public int Readings { get; private set; }

    public bool HasLeft { get; private set; }

    public Task<bool> IsAlive()
    {
        Readings++;
        _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _began.Release();
        return _answer.Task;
    }

    public Task<bool> IsAlone() => throw new NotSupportedException();

    public void Leave() => HasLeft = true;

    public async Task Began(int reading)
    {
        for (; _awaited < reading; _awaited++) await _began.WaitAsync().Within($"reading {reading} of the table");
    }

    public void Answer(bool isAlive) => _answer.SetResult(isAlive);

    public void Fail(Exception failure) => _answer.SetException(failure);
}
