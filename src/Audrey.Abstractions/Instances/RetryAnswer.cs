using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>The answer to a command that runs failed services again.</summary>
[GenerateSerializer, Immutable, Alias("audrey.RetryAnswer")]
public sealed record RetryAnswer
{
    /// <summary>The outcome of the command.</summary>
    [Id(0)] public ConductorOutcome Outcome { get; init; }

    /// <summary>One sentence for each reason for a refusal.</summary>
    [Id(1)] public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The services that run again.</summary>
    [Id(2)] public ImmutableArray<ServiceRetry> Retries { get; init; } = [];

    /// <summary>Whether the guest is expected to learn of the command soon.</summary>
    [Id(3)] public bool IsListening { get; init; }

    /// <summary>The time of the last contact with the guest.</summary>
    [Id(4)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>The state of the instance after the command, from which <see cref="Waits"/> are described. Null for a refusal.</summary>
    [Id(5)] public InstanceReport? Report { get; init; }

    /// <summary>The services that run again only after something else has happened. The grain of the instance leaves this empty.</summary>
    [Id(6)] public ImmutableArray<ServiceWaits> Waits { get; init; } = [];

    /// <summary>Creates a refusal with its reasons.</summary>
    public static RetryAnswer Refuse(ConductorAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new() { Outcome = answer.Outcome, Problems = answer.Problems };
    }
}

/// <summary>The reasons why a service cannot run yet.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Reasons">A sentence without its subject for each missing value, and one for the failed services that hold it back.</param>
[GenerateSerializer, Immutable, Alias("audrey.ServiceWaits")]
public sealed record ServiceWaits([property: Id(0)] string Service, [property: Id(1)] ImmutableArray<string> Reasons);
