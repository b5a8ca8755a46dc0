namespace Audrey.Agent.Processes;

/// <summary>What to run.</summary>
internal sealed record ChildCommand
{
    /// <summary>The program's absolute path.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment.</summary>
    public required ChildEnvironment Environment { get; init; }

    /// <summary>Where it runs; null for the agent's own directory.</summary>
    public string? Directory { get; init; }

    /// <summary>The file its output is appended to.</summary>
    public required string Output { get; init; }

    /// <summary>The file its errors are appended to; may be that of the output.</summary>
    public required string Errors { get; init; }

    /// <summary>How long it may run before its whole process group is ended.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>How long the files of its output and its errors may become, in bytes; a part of what was cut off stays beside each.</summary>
    public long MaxOutputBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>How a program ended.</summary>
/// <param name="Status">Its exit status, or 128 and the signal that ended it; as a shell would say it.</param>
/// <param name="Problem">Why it is not the program's own status; null when it is.</param>
internal sealed record ChildEnd(int Status, string? Problem = null);

/// <summary>Runs programs to their end, within bounds of time.</summary>
/// <param name="time">The clock of limits.</param>
/// <param name="leftover">Where the running program is written down; null for nowhere.</param>
internal sealed class ChildProcesses(TimeProvider time, LeftoverProcess? leftover = null)
{
    /// <summary>The status of a program that ran too long, as timeout(1) has it.</summary>
    public const int TimedOut = 124;

    /// <summary>The status of a program that could not be started, as a shell has it.</summary>
    public const int NotStarted = 126;

    /// <summary>How long a program that was told to end may take before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs it; when cancelled, ends it and all that it has started.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the program has ended.</exception>
    public async Task<ChildEnd> RunAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (path, arguments) = command.Directory is null
            ? (command.Program, (string[])[command.Program, .. command.Arguments])
            : ("/usr/bin/env", ["env", "-C", command.Directory, command.Program, .. command.Arguments]);

        // Counted from before its start: what it does first may be long done when the next line runs.
        using var limit = new CancellationTokenSource(command.Limit, time);
        var failure = NativeSpawn.Start(path, arguments, command.Environment.Render(), command.Output, command.Errors, out var pid);
        if (failure != 0) return new ChildEnd(NotStarted, $"{command.Program} could not be started: {Reason(failure)}");

        leftover?.Remember(pid);
        var end = Task.Factory.StartNew(() => NativeSpawn.Wait(pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await BoundOutputAsync(command, end, either.Token);
            return new ChildEnd(await end.WaitAsync(either.Token));
        }
        catch (OperationCanceledException)
        {
            await EndAsync(pid, end);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildEnd(TimedOut, $"it ran longer than {command.Limit.TotalSeconds:0} s and was ended");
        }
        finally
        {
            leftover?.Forget();
            Bound(command);
        }
    }

    /// <summary>Keeps the output within its bounds until the program has ended.</summary>
    private async Task BoundOutputAsync(ChildCommand command, Task end, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(OutputLimit.Interval, time);
        while (true)
        {
            var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(end, tick) == end) return;
            await tick;
            Bound(command);
        }
    }

    private static void Bound(ChildCommand command)
    {
        OutputLimit.Apply(command.Output, command.MaxOutputBytes);
        if (command.Errors != command.Output) OutputLimit.Apply(command.Errors, command.MaxOutputBytes);
    }

    private async Task EndAsync(int pid, Task<int> end)
    {
        NativeSpawn.Signal(pid, NativeSpawn.Terminate);
        try
        {
            await end.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            // What ignores SIGTERM is killed below, as is what the program leaves behind.
        }

        NativeSpawn.Signal(pid, NativeSpawn.Kill);
        await end;
    }

    private static string Reason(int error) => error switch
    {
        2 => "there is no such file, or its interpreter is missing",
        7 => "its parameters are too long for an environment",
        8 => "it is no program and has no #! line",
        13 => "it is not executable",
        _ => $"the system's error is {error}",
    };
}
