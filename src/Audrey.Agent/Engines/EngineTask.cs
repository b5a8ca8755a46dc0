using Audrey.Agent.Processes;
using Audrey.Agent.Services;

namespace Audrey.Agent.Engines;

/// <summary>A service to apply.</summary>
internal sealed record EngineTask
{
    public required string Name { get; init; }

    public required IReadOnlyList<ServiceParameter> Parameters { get; init; }

    /// <summary>The Puppet classes to apply. Empty for a service with an executable.</summary>
    public IReadOnlyList<PuppetClass> Classes { get; init; } = [];

    /// <summary>The folder of the executable and files. The folder does not always exist.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder for the output. The mode of the folder is 0700.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>The file that the service can write provided values to.</summary>
    public required string ProvideFile { get; init; }

    /// <summary>The folder in which the service can write each provided value to a file of its own. The folder exists.</summary>
    public required string ProvideFolder { get; init; }

    /// <summary>The folder in which the service keeps its own data.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The number of the attempt with this configuration. The first is 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The file to run in <see cref="Folder"/>. An engine that applies Puppet classes does not use it.</summary>
    public string Script { get; init; } = ScriptEngine.Start;

    /// <summary>The time at which the instance is removed from its group. Null if it does not leave.</summary>
    public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>The maximum time that the service may take.</summary>
    public required TimeSpan MaxTime { get; init; }
}

/// <summary>The result of applying a service.</summary>
/// <param name="ExitStatus">0 only if everything was applied.</param>
/// <param name="Problem">A description of the failure, without values. Null if there was no failure, or if the exit status is
/// sufficient.</param>
/// <param name="OutputMayQuote">Whether the output may quote values in a form that cannot be recognised and masked.</param>
internal sealed record EngineResult(int ExitStatus, string? Problem = null, bool OutputMayQuote = false)
{
    /// <summary>The exit status for a missing program, as in a shell.</summary>
    public const int NotFound = 127;

    /// <summary>
    /// The exit status with which a script says that the machine reboots and that the script goes on after the reboot. Agents of clouds use
    /// the same status.
    /// </summary>
    public const int Rebooting = 194;

    /// <summary>Whether the service asked for a reboot.</summary>
    public bool IsRebooting { get; init; }

    /// <summary>The processes that the service has started and that still run.</summary>
    public IReadOnlyList<ListedProcess> LeftRunning { get; init; } = [];
}
