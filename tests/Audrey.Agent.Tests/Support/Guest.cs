using Audrey.Agent.Commands;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.UserData;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Support;

/// <summary>A guest with a state directory of its own, whose pauses let simulated time pass.</summary>
internal sealed class Guest(Uri endpoint) : IPause, IDisposable
{
    private readonly TempDirectory _directory = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public List<string> Log { get; } = [];

    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Called in each pause.</summary>
    public Action OnPause { get; set; } = () => { };

    /// <summary>A run that pauses this often is stopped: no test waits for ever.</summary>
    public int MaxPauses { get; init; } = 1000;

    /// <summary>The only version that it speaks; null: the highest that goes.</summary>
    public int? Version { get; init; }

    public string State => _directory.File("state");

    public string File(string name) => _directory.File(name);

    public StatusDocument Status => StatusFile.Read(StateDirectory.At(State))!;

    public Task<ExitCode> RunAsync(RunOptions? options = null, string? facts = null, CancellationToken cancellationToken = default) =>
        RunAsync(new ServerAccess(endpoint, FakeConfigServer.Id, FakeConfigServer.Secret), options, facts, cancellationToken);

    public Task<ExitCode> RunAsync(ServerAccess access, RunOptions? options, string? facts, CancellationToken cancellationToken) =>
        RunAsync($"1|{access.Endpoint}|{access.Id}|{access.Secret}", options, facts, cancellationToken);

    public async Task<ExitCode> RunAsync(string text, RunOptions? options = null, string? facts = null, CancellationToken cancellationToken = default)
    {
        options ??= new RunOptions();
        if (Version is not null) options = options with { Server = options.Server with { Version = Version } };
        var userData = System.Text.Encoding.UTF8.GetBytes(text);
        var state = StateDirectory.Open(State);
        using var only = RunLock.Take(state);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var code = await new InstanceRun(state, facts, options, Time, this, Log.Add)
            .RunAsync((_, _) => Task.FromResult(userData), either.Token);
        Assert.False(late.IsCancellationRequested, "The run did not end: " + string.Join("; ", Log));
        return code;
    }

    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        Pauses.Add(duration);
        Assert.True(Pauses.Count <= MaxPauses, "The run goes on and on: " + string.Join("; ", Log));
        OnPause();
        cancellationToken.ThrowIfCancellationRequested();
        Time.Advance(duration);
        return Task.CompletedTask;
    }

    public void Rest()
    {
        // Of this process's memory more than the guest's is in use.
    }

    public void Dispose() => _directory.Dispose();
}
