namespace Audrey.Agent.Services;

/// <summary>The end of one run of a service.</summary>
internal sealed record ServiceEnd
{
    public required string Service { get; init; }

    /// <summary>The number of the run. The first is 1.</summary>
    public required long Run { get; init; }

    public required int ExitStatus { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The last part of the output, without secrets.</summary>
    public required string Output { get; init; }
}
