namespace Audrey.Agent.Processes;

/// <summary>A program to run.</summary>
internal sealed record ChildCommand
{
    /// <summary>The absolute path of the program.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment of the program.</summary>
    public required ChildEnvironment Environment { get; init; }

    /// <summary>The working directory.</summary>
    public string Directory { get; init; } = "/";

    /// <summary>The file that standard output is appended to.</summary>
    public required string Output { get; init; }

    /// <summary>The file that standard error is appended to. It can be the file of standard output.</summary>
    public required string Errors { get; init; }

    /// <summary>How long the program may run. After this time its whole process group is ended.</summary>
    public required TimeSpan MaxTime { get; init; }

    /// <summary>
    /// The maximum size of each output file. When a file grows beyond it, the end of the file is moved to a file beside it.
    /// </summary>
    public long MaxOutputBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>The result of a program that has ended.</summary>
/// <param name="Status">The exit status, or 128 plus the signal that ended it, as in a shell.</param>
/// <param name="Problem">The reason why the status is not the program's own exit status. Null if the program itself returned the
/// status.</param>
internal sealed record ChildResult(int Status, string? Problem = null);

/// <summary>Runs programs until they end, with a time limit.</summary>
/// <param name="time">The clock for time limits.</param>
/// <param name="leftover">Records the running program. Null for no record.</param>
internal sealed class ChildProcesses(TimeProvider time, LeftoverProcess? leftover = null)
{
    /// <summary>The exit status of a program that ran too long, as in timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>The exit status of a program that could not be started, as in a shell.</summary>
    public const int NotStarted = 126;

    /// <summary>How long a program may take to end after SIGTERM. After this time it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs the program. On cancellation it ends the program and everything in its process group.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled. The program has ended.</exception>
    public async Task<ChildResult> RunAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] arguments = ["env", "-C", command.Directory, command.Program, .. command.Arguments];

        // The time limit starts before the program does: the program may be finished before the next line runs.
        using var limit = new CancellationTokenSource(command.MaxTime, time);
        var error = NativeSpawn.Start("/usr/bin/env", arguments, command.Environment.Render(), command.Output, command.Errors, out var pid);
        if (error != 0) return new ChildResult(NotStarted, $"{command.Program} could not be started: {Describe(error)}");

        leftover?.Record(pid);
        var end = Task.Factory.StartNew(
            () => NativeSpawn.Wait(pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await LimitOutputAsync(command, end, either.Token);
            return new ChildResult(await end.WaitAsync(either.Token));
        }
        catch (OperationCanceledException)
        {
            await EndAsync(pid, end);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildResult(TimedOut, $"it ran longer than {command.MaxTime.TotalSeconds:0} s and was ended");
        }
        finally
        {
            leftover?.Clear();
            LimitOutput(command);
        }
    }

    /// <summary>Keeps the output files within their maximum size until the program has ended.</summary>
    private async Task LimitOutputAsync(ChildCommand command, Task end, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(OutputLimit.Interval, time);
        while (true)
        {
            var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(end, tick) == end) return;
            await tick;
            LimitOutput(command);
        }
    }

    private static void LimitOutput(ChildCommand command)
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
            // The program ignores SIGTERM. It is killed below, together with the processes that it started.
        }

        NativeSpawn.Signal(pid, NativeSpawn.Kill);
        await end;
    }

    private static string Describe(int error) => error switch
    {
        2 => "there is no such file, or its interpreter is missing",
        7 => "its parameters are too long for an environment",
        8 => "it is not a program and has no #! line",
        13 => "it is not executable",
        _ => $"the system error is {error}",
    };
}
