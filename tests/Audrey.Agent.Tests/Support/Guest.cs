using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Running;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Support;

/// <summary>A guest with its own state directory. Each pause advances the simulated time.</summary>
internal sealed class Guest(Uri endpoint) : IPause, IDisposable
{
    private static readonly Uri Unused = new("http://unused.invalid");

    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    /// <summary>Creates a guest whose user data contains no server address.</summary>
    public Guest()
        : this(Unused)
    {
    }

    public MachineClock Time { get; } = new();

    public List<string> Log => _log.Lines;

    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Called in each pause.</summary>
    public Action OnPause { get; set; } = () => { };

    /// <summary>The maximum number of pauses. A run with more pauses fails, so that no test waits forever.</summary>
    public int MaxPauses { get; init; } = 1000;

    /// <summary>The only protocol version that the guest uses. Null for the highest version that the server supports.</summary>
    public int? Version { get; init; }

    public string State => _directory.File("state");

    public string File(string name) => _directory.File(name);

    public RunStatus Status => RunStatusFile.Read(StateDirectory.At(State))!;

    public Task<AgentExitCode> RunAsync(RunOptions? options = null, string? facts = null, CancellationToken cancellationToken = default) =>
        RunAsync(new ServerAccess(endpoint, FakeConfigServer.Id, FakeConfigServer.Secret), options, facts, cancellationToken);

    public Task<AgentExitCode> RunAsync(ServerAccess access, RunOptions? options, string? facts, CancellationToken cancellationToken) =>
        RunAsync($"1|{access.Endpoint}|{access.Id}|{access.Secret}", options, facts, cancellationToken);

    public async Task<AgentExitCode> RunAsync(
        string text, RunOptions? options = null, string? facts = null, CancellationToken cancellationToken = default)
    {
        options = (options ?? new RunOptions()) with { FactFolder = facts };
        if (Version is not null) options = options with { Server = options.Server with { Version = Version } };
        var state = StateDirectory.Open(State);
        using var only = RunLock.Take(state);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var code = await new InstanceRun(CreateContext(state, options)).RunAsync(new UserDataRequest { Text = text }, either.Token);
        Assert.False(timeout.IsCancellationRequested, "The run did not end: " + string.Join("; ", Log));
        return code;
    }

    /// <summary>Creates the context of a run in the guest's state directory.</summary>
    public RunContext CreateContext(StateDirectory state, RunOptions options) =>
        new(state, new RunStatusFile(state, Time, _log), options, Time, this, _log);

    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        Pauses.Add(duration);
        Assert.True(Pauses.Count <= MaxPauses, "The run does not end: " + string.Join("; ", Log));
        OnPause();
        cancellationToken.ThrowIfCancellationRequested();
        Time.Advance(duration);
        return Task.CompletedTask;
    }

    public void ReleaseMemory()
    {
        // The test process needs its memory.
    }

    public void Dispose() => _directory.Dispose();
}
