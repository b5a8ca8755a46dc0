using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>An answer to a guest of version 3.</summary>
public interface IGuestAnswer
{
    /// <summary>How the call ended.</summary>
    GuestOutcome Outcome { get; }
}

/// <summary>A configuration.</summary>
/// <param name="Outcome">Whether it is complete, or why there is none.</param>
/// <param name="Revision">Its revision; empty when there is none.</param>
/// <param name="Body">The body as it goes on the wire, which must not be written to; null when the revision is the one that was known.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConfigurationAnswer")]
public sealed record ConfigurationAnswer(
    [property: Id(0)] GuestOutcome Outcome, [property: Id(1)] string Revision, [property: Id(2)] byte[]? Body) : IGuestAnswer
{
    /// <summary>No such instance.</summary>
    public static ConfigurationAnswer NotFound { get; } = new(GuestOutcome.NotFound, "", null);

    /// <summary>The credential is of an older registration.</summary>
    public static ConfigurationAnswer StaleCredential { get; } = new(GuestOutcome.StaleCredential, "", null);
}

/// <summary>A configuration that a gateway is told of.</summary>
/// <param name="Instance">Whose it is.</param>
/// <param name="Generation">The instance's generation; 0: it is not registered any more.</param>
/// <param name="Answer">The configuration.</param>
[GenerateSerializer, Immutable, Alias("audrey.ConfigurationNews")]
public sealed record ConfigurationNews(
    [property: Id(0)] InstanceId Instance, [property: Id(1)] long Generation, [property: Id(2)] ConfigurationAnswer Answer);

/// <summary>What became of a command.</summary>
[GenerateSerializer, Immutable, Alias("audrey.CommandAnswer")]
public sealed record CommandAnswer : IGuestAnswer
{
    /// <summary>No such instance.</summary>
    public static CommandAnswer NotFound { get; } = new() { Outcome = GuestOutcome.NotFound };

    /// <summary>The credential is of an older registration.</summary>
    public static CommandAnswer StaleCredential { get; } = new() { Outcome = GuestOutcome.StaleCredential };

    /// <inheritdoc/>
    [Id(0)] public GuestOutcome Outcome { get; init; }

    /// <summary>What was done.</summary>
    [Id(1)] public CommandVerdict Verdict { get; init; }

    /// <summary>The instance's generation.</summary>
    [Id(2)] public long Generation { get; init; }

    /// <summary>The revision of the last values, or the run, taken last.</summary>
    [Id(3)] public long Revision { get; init; }

    /// <summary>The values that the guest is still to give.</summary>
    [Id(4)] public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Whether the command named another generation; nothing was done.</summary>
    [Id(5)] public bool IsOtherGeneration { get; init; }

    /// <summary>Names in the command that the instance does not have; with any, nothing was done.</summary>
    [Id(6)] public ImmutableArray<string> Unknown { get; init; } = [];
}

/// <summary>Values under a number of the guest's choice.</summary>
/// <param name="Generation">The generation that the guest means.</param>
/// <param name="Revision">Higher than that of the guest's last values.</param>
/// <param name="Values">The values.</param>
/// <param name="Digest">SHA-256 of the values with their names.</param>
[GenerateSerializer, Immutable, Alias("audrey.GivenValues")]
public sealed record GivenValues(
    [property: Id(0)] long Generation, [property: Id(1)] long Revision, [property: Id(2)] ImmutableArray<NamedValue> Values, [property: Id(3)] ImmutableArray<byte> Digest);

/// <summary>What a service does.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceNews")]
public sealed record ServiceNews
{
    /// <summary>The generation that the guest means.</summary>
    [Id(0)] public required long Generation { get; init; }

    /// <summary>The service's name.</summary>
    [Id(1)] public required string Service { get; init; }

    /// <summary>How far it is.</summary>
    [Id(2)] public required ServiceStep Step { get; init; }

    /// <summary>Counts the guest's attempts, from 1.</summary>
    [Id(3)] public required long Run { get; init; }

    /// <summary>What it is doing.</summary>
    [Id(4)] public string? Message { get; init; }

    /// <summary>With <see cref="ServiceStep.Ended"/>: the exit status.</summary>
    [Id(5)] public int ExitStatus { get; init; }

    /// <summary>How long the run took.</summary>
    [Id(6)] public TimeSpan? Duration { get; init; }

    /// <summary>The end of its output as the guest sent it, secrets and all. Never logged.</summary>
    [Id(7)] public string? Output { get; init; }
}

/// <summary>Which revision the guest has applied.</summary>
[GenerateSerializer, Immutable, Alias("audrey.AppliedRevision")]
public sealed record AppliedRevision([property: Id(0)] long Generation, [property: Id(1)] string Revision);

/// <summary>Facts about the guest.</summary>
[GenerateSerializer, Immutable, Alias("audrey.GuestFacts")]
public sealed record GuestFacts([property: Id(0)] long Generation, [property: Id(1)] ImmutableArray<GuestFact> Facts);

/// <summary>What a guest is to do.</summary>
[GenerateSerializer, Immutable, Alias("audrey.HelloAnswer")]
public sealed record HelloAnswer : IGuestAnswer
{
    /// <inheritdoc/>
    [Id(0)] public GuestOutcome Outcome { get; init; }

    /// <summary>The registered configuration, without its secret and its values; null when there is none.</summary>
    [Id(1)] public InstanceConfig? Config { get; init; }

    /// <summary>The instance's generation.</summary>
    [Id(2)] public long Generation { get; init; }

    /// <summary>The values that the guest is still to give.</summary>
    [Id(3)] public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>The services as they stand.</summary>
    [Id(4)] public ImmutableArray<ServiceProgress> Services { get; init; } = [];

    /// <summary>What the guest told beside that.</summary>
    [Id(5)] public GuestNews News { get; init; } = GuestNews.None;

    /// <summary>The configuration's revision.</summary>
    [Id(6)] public string Revision { get; init; } = "";

    /// <summary>SHA-256 of the tarball, lower-case hexadecimal; null when there is none.</summary>
    [Id(7)] public string? TarballDigest { get; init; }

    /// <summary>Size of the tarball in bytes.</summary>
    [Id(8)] public long TarballBytes { get; init; }
}

/// <summary>When a guest was heard of.</summary>
/// <param name="Name">Its assembly's name; null when no such instance is in the deployable of who asked.</param>
/// <param name="FirstContact">First; null: never.</param>
/// <param name="LastContact">Last; null: never.</param>
[GenerateSerializer, Immutable, Alias("audrey.Presence")]
public sealed record Presence(
    [property: Id(0)] string? Name, [property: Id(1)] DateTimeOffset? FirstContact, [property: Id(2)] DateTimeOffset? LastContact);
