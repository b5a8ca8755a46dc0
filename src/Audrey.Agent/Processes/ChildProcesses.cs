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

    /// <summary>The file that standard error is appended to. This file can be the file of standard output.</summary>
    public required string Errors { get; init; }

    /// <summary>
    /// The maximum time that the program may run. After this time the program is ended, with all processes that it started.
    /// </summary>
    public required TimeSpan MaxTime { get; init; }

    /// <summary>
    /// The maximum size of each output file. When a file exceeds this size, the end of the file is moved to a second file.
    /// </summary>
    public long MaxOutputBytes { get; init; } = OutputLimit.MaxBytes;
}

/// <summary>The result of a program that has ended.</summary>
/// <param name="Status">The exit status, or 128 plus the signal that ended it, as in a shell.</param>
/// <param name="Problem">The reason why the status is not the program's own exit status. Null if the program itself returned the
/// status.</param>
internal sealed record ChildResult(int Status, string? Problem = null)
{
    /// <summary>The processes that the program has started and that still run.</summary>
    public IReadOnlyList<ListedProcess> LeftRunning { get; init; } = [];
}

/// <summary>Runs programs until they end, with a time limit.</summary>
/// <param name="time">The clock for time limits.</param>
/// <param name="leftover">Records the running program. Null for no record.</param>
internal sealed class ChildProcesses(TimeProvider time, LeftoverProcess? leftover = null)
{
    /// <summary>The exit status of a program that ran too long, as in timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>The exit status of a program that could not be started, as in a shell.</summary>
    public const int NotStarted = 126;

    /// <summary>The variable whose value differs between all runs of services, so that it identifies the processes of a run.</summary>
    public const string MarkVariable = "AUDREY_PROVIDE";

    /// <summary>The maximum time that a program may take to end after SIGTERM. After this time the program is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs the program. On cancellation the method ends the program and every process that the program started.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled. The program has ended.</exception>
    public async Task<ChildResult> RunAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] arguments = ["env", "-C", command.Directory, command.Program, .. command.Arguments];

        var mark = command.Environment.FindAssignment(MarkVariable);
        var family = new ProcessFamily(mark);

        // The time limit starts before the program, because the program may end before the next line runs.
        using var limit = new CancellationTokenSource(command.MaxTime, time);
        var error = NativeSpawn.Start("/usr/bin/env", arguments, command.Environment.Render(), command.Output, command.Errors, out var pid);
        if (error != 0) return new ChildResult(NotStarted, $"{command.Program} could not be started: {Describe(error)}");

        leftover?.Record(pid, mark);
        var end = Task.Factory.StartNew(
            () => NativeSpawn.Wait(pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await LimitOutputAsync(command, pid, end, either.Token);
            var status = await end.WaitAsync(either.Token);
            return new ChildResult(status) { LeftRunning = mark is null ? [] : family.Find() };
        }
        catch (OperationCanceledException)
        {
            await EndAsync(pid, family, end);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildResult(TimedOut, $"it ran longer than {command.MaxTime.TotalSeconds:0} s and was ended");
        }
        finally
        {
            leftover?.Clear();
            LimitOutput(command);
        }
    }

    /// <summary>Keeps the output files below their maximum size until the program has ended.</summary>
    private async Task LimitOutputAsync(ChildCommand command, int pid, Task end, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(OutputLimit.Interval, time);
        while (true)
        {
            var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(end, tick) == end) return;
            await tick;
            LimitOutput(command);
            ProcessFamily.Reap(except: pid);
        }
    }

    private static void LimitOutput(ChildCommand command)
    {
        OutputLimit.Apply(command.Output, command.MaxOutputBytes);
        if (command.Errors != command.Output) OutputLimit.Apply(command.Errors, command.MaxOutputBytes);
    }

    private async Task EndAsync(int pid, ProcessFamily family, Task<int> end)
    {
        NativeSpawn.Signal(pid, NativeSpawn.Terminate);
        family.SignalOutside(pid, NativeSpawn.Terminate);
        try
        {
            await end.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            // The program ignores SIGTERM. The program is killed below, together with the processes that it started.
        }

        NativeSpawn.Signal(pid, NativeSpawn.Kill);
        family.Kill();
        await end;
        ProcessFamily.Reap();
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
