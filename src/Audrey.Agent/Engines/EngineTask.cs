using Audrey.Agent.Services;

namespace Audrey.Agent.Engines;

/// <summary>A service to apply.</summary>
internal sealed record EngineTask
{
    public required string Name { get; init; }

    public required IReadOnlyList<ServiceParameter> Parameters { get; init; }

    /// <summary>The Puppet classes to apply. Empty for a service with an executable.</summary>
    public IReadOnlyList<PuppetClass> Classes { get; init; } = [];

    /// <summary>The folder of the executable and files. It does not always exist.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder for the output. Its mode is 0700.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>The file that the service can write provided values to.</summary>
    public required string ProvideFile { get; init; }

    /// <summary>How long the service may take.</summary>
    public required TimeSpan MaxTime { get; init; }
}

/// <summary>The result of applying a service.</summary>
/// <param name="ExitStatus">0 only if everything was applied.</param>
/// <param name="Problem">A description of the failure, without values. Null if there was no failure, or if the exit status is
/// sufficient.</param>
/// <param name="OutputMayQuote">Whether the output may quote values in a form that cannot be recognised and masked.</param>
internal sealed record EngineResult(int ExitStatus, string? Problem = null, bool OutputMayQuote = false)
{
    /// <summary>The exit status when the program to run is missing, as in a shell.</summary>
    public const int NotFound = 127;
}
