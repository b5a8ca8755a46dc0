using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.PhoneHome;

namespace Audrey.Agent.Engines;

/// <summary>A service to be applied.</summary>
internal sealed record ServiceTask
{
    public required string Name { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The puppet classes to apply; empty for a service with an executable.</summary>
    public IReadOnlyList<PuppetClass> Classes { get; init; } = [];

    /// <summary>The folder of its executable and files; may not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>The folder for its output, 0700.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>A file that it may write values to.</summary>
    public required string ProvideFile { get; init; }

    /// <summary>How long it may take.</summary>
    public required TimeSpan Limit { get; init; }
}

/// <summary>How a service went.</summary>
/// <param name="ExitStatus">0 only if all of it was applied.</param>
/// <param name="Problem">What was wrong, without values; null if nothing, or if the status says it all.</param>
/// <param name="OutputMayQuote">Whether the output may quote values in a form in which they are not found again.</param>
internal sealed record EngineResult(int ExitStatus, string? Problem = null, bool OutputMayQuote = false);
