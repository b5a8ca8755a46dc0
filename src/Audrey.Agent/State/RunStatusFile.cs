using System.Text.Json;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;

namespace Audrey.Agent.State;

/// <summary>Keeps the status file up to date. A failure to write the file never ends a run.</summary>
internal sealed class RunStatusFile(StateDirectory state, TimeProvider time, IAgentLog log)
{
    private readonly MachineIdentity _machine = MachineIdentity.Read();

    private readonly string? _processStart = ProcessIdentity.Find(Environment.ProcessId);

    public RunStatus Current { get; private set; } = new();

    public void Update(Func<RunStatus, RunStatus> change)
    {
        Current = change(Current) with
        {
            Pid = Environment.ProcessId,
            ProcessStart = _processStart,
            Machine = _machine,
            Written = time.GetUtcNow(),
        };
        try
        {
            AgentFiles.Write(state.Status, JsonSerializer.SerializeToUtf8Bytes(Current, StateJson.Default.RunStatus));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write($"The status file cannot be written: {failure.Message}");
        }
    }

    /// <summary>
    /// Records a problem. The start time of a problem is kept while the problem is the same. The phase of a complete run does not change.
    /// </summary>
    public void SetProblem(string problem)
    {
        if (Current.Problem != problem) log.Write(problem);
        Update(status => status with
        {
            Phase = status.Phase is RunPhase.Complete or RunPhase.Failed ? status.Phase : RunPhase.Waiting,
            Problem = problem,
            ProblemSince = status.Problem == problem ? status.ProblemSince : time.GetUtcNow(),
        });
    }

    public void SetService(ServiceRunStatus service) => Update(status =>
    {
        var services = status.Services.ToList();
        var index = services.FindIndex(known => known.Name == service.Name);
        if (index < 0) services.Add(service);
        else services[index] = service;
        return status with { Services = services };
    });

    /// <summary>Records that a service's exit status was reported to the server.</summary>
    public void SetReported(string service) => Update(status => status with
    {
        Services = [.. status.Services.Select(known => known.Name == service ? known with { Reported = true } : known)],
    });

    /// <summary>Records that the run has stopped, and that the service that was running is interrupted.</summary>
    public void SetStopped(string? problem = null) => Update(status => Stop(status) with
    {
        Problem = problem ?? status.Problem,
        ProblemSince = problem is null ? status.ProblemSince : time.GetUtcNow(),
    });

    /// <summary>
    /// Reads the status of the last run. If the process of the run no longer exists, the returned status describes a stopped run, because a
    /// killed process cannot update its status. Null if there is no status, or only the status of the machine whose image was copied.
    /// </summary>
    public static RunStatus? Read(StateDirectory state)
    {
        try
        {
            var status = JsonSerializer.Deserialize(File.ReadAllBytes(state.Status), StateJson.Default.RunStatus);
            if (MachineIdentity.Read().IsOther(status?.Machine)) return null;
            var isActive = status?.Phase is RunPhase.Starting or RunPhase.Waiting or RunPhase.Applying;
            return isActive && !IsAlive(status!) ? Stop(status!) : status;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns whether the machine has booted since the status was written.</summary>
    public static bool IsFromEarlierBoot(RunStatus status) =>
        status.ProcessStart is { } start && !start.StartsWith(ProcessIdentity.ReadBoot() + " ", StringComparison.Ordinal);

    /// <summary>A status without the start of its process was written by an earlier version.</summary>
    private static bool IsAlive(RunStatus status) =>
        ProcessIdentity.Find(status.Pid) is { } process && process == (status.ProcessStart ?? process);

    private static RunStatus Stop(RunStatus status) => status with
    {
        Phase = RunPhase.Stopped,
        NextAttempt = null,
        Services =
        [
            .. status.Services.Select(
                service => service.State == ServiceRunState.Running ? service with { State = ServiceRunState.Interrupted } : service),
        ],
    };
}
