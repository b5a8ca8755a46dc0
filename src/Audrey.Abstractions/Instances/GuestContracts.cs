using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>The credential that a guest's requests are verified against.</summary>
/// <param name="Generation">The generation that the secret belongs to. A call with a credential of an older generation gets <see
/// cref="GuestStatus.StaleCredential"/>.</param>
/// <param name="Secret">The guest's secret. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceCredential")]
public sealed record InstanceCredential([property: Id(0)] long Generation, [property: Id(1)] string Secret)
{
    /// <summary>The deployable that the instance belongs to.</summary>
    [Id(2)] public string? Deployable { get; init; }

    /// <summary>The number of rotations of the secret in this generation.</summary>
    [Id(3)] public long SecretNumber { get; init; }

    /// <summary>The previous secret while it is valid, or null. Never logged.</summary>
    [Id(4)] public string? PreviousSecret { get; init; }

    /// <summary>Returns the credential in a definition row, or null if the instance is not registered.</summary>
    public static InstanceCredential? Of(InstanceDefinition definition, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Config is not { } config ? null : new(definition.Generation, definition.Secret!)
        {
            Deployable = config.Deployable.Value,
            SecretNumber = definition.SecretNumber,
            PreviousSecret = definition.Rotation?.PreviousAt(now),
        };
    }

    /// <summary>Returns a string without the secret, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(InstanceCredential)} of generation {Generation}";
}

/// <summary>A guest's request whose credential was verified.</summary>
/// <param name="Generation">The generation of the credential that the request was verified against.</param>
/// <param name="ProtocolVersion">The protocol version in the path, 0 to 3.</param>
/// <param name="Address">The guest's address as the gateway sees it.</param>
/// <param name="Mark">The mark that identifies this request. The mark is <see cref="GuestCommands.NoMark"/> in version 3, where numbers
/// identify the requests.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestContact")]
public readonly record struct GuestContact(
    [property: Id(0)] long Generation,
    [property: Id(1)] int ProtocolVersion,
    [property: Id(2)] string Address,
    [property: Id(3)] RequestMark Mark)
{
    /// <summary>The number of rotations of the secret that the gateway knows. Null if the gateway is of an older version.</summary>
    [Id(4)] public long? SecretNumber { get; init; }

    /// <summary>Whether the request was verified with the previous secret.</summary>
    [Id(5)] public bool UsesPreviousSecret { get; init; }

    /// <summary>Whether a GET is answered although it is a late repetition or outdated.</summary>
    [Id(6)] public bool AnswersOutdated { get; init; }
}

/// <summary>The answer to a command that creates a guest's secret, or to a guest that requests its secret.</summary>
/// <param name="Outcome">The outcome of the command.</param>
/// <param name="Problems">One sentence for each reason for a refusal.</param>
/// <param name="Secret">The secret, or null if the command was not carried out. Never logged.</param>
/// <param name="PreviousUntil">The time at which the previous secret expires. Null if the previous secret is no longer valid.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestSecret")]
public sealed record GuestSecret(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<string> Problems,
    [property: Id(2)] string? Secret,
    [property: Id(3)] DateTimeOffset? PreviousUntil)
{
    /// <summary>Creates the answer with a definition's current secret.</summary>
    public static GuestSecret Of(InstanceDefinition definition, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var rotation = definition.Rotation;
        return new(ConductorOutcome.Done, [], definition.Secret, rotation?.PreviousAt(now) is null ? null : rotation.PreviousUntil);
    }

    /// <summary>Creates the answer to a command that was refused.</summary>
    public static GuestSecret Refuse(ConductorAnswer refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(refusal.Outcome, refusal.Problems, null, null);
    }

    /// <summary>Leaves the secret out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(GuestSecret)} {Outcome}";
}

/// <summary>
/// The data that a guest of versions 0 to 2 provides: values of provided parameters, and exit statuses of services that ended.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.Provision")]
public sealed record Provision(
    [property: Id(0)] ImmutableArray<NamedValue> Values,
    [property: Id(1)] ImmutableArray<NamedValue> ServiceEnds);

/// <summary>Values that a guest of version 3 provides.</summary>
/// <param name="Generation">The generation that the report is for.</param>
/// <param name="Number">The values number, which is higher than the number of the guest's previous report.</param>
/// <param name="Values">The values.</param>
/// <param name="Digest">SHA-256 of the values with their names.</param>
[GenerateSerializer, Immutable, Alias("audrey.ValuesReport")]
public sealed record ValuesReport(
    [property: Id(0)] long Generation,
    [property: Id(1)] long Number,
    [property: Id(2)] ImmutableArray<NamedValue> Values,
    [property: Id(3)] ImmutableArray<byte> Digest)
{
    /// <summary>Creates a report with its digest. The order of the values makes no difference.</summary>
    public static ValuesReport Create(long generation, long number, ImmutableArray<NamedValue> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values.OrderBy(value => value.Name, StringComparer.Ordinal))
        {
            Append(Encoding.UTF8.GetBytes(value.Name));
            Append(value.Value);
        }

        return new(generation, number, values, [.. hash.GetHashAndReset()]);

        void Append(byte[] part)
        {
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(part);
        }
    }
}

/// <summary>A report of a service run, sent by a guest of version 3.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceRunReport")]
public sealed record ServiceRunReport
{
    /// <summary>The generation that the report is for.</summary>
    [Id(0)] public required long Generation { get; init; }

    /// <summary>The service's name.</summary>
    [Id(1)] public required string Service { get; init; }

    /// <summary>The step that the service has reached.</summary>
    [Id(2)] public required ServiceStep Step { get; init; }

    /// <summary>The number of the run. The guest counts its attempts from 1.</summary>
    [Id(3)] public required long Run { get; init; }

    /// <summary>A message about the service's current activity.</summary>
    [Id(4)] public string? Message { get; init; }

    /// <summary>The exit status. Only used with <see cref="ServiceStep.Ended"/>.</summary>
    [Id(5)] public int ExitStatus { get; init; }

    /// <summary>The duration of the run.</summary>
    [Id(6)] public TimeSpan? Duration { get; init; }

    /// <summary>The last part of the service's output as the guest sent it, which can contain secrets. Never logged.</summary>
    [Id(7)] public string? Output { get; init; }
}

/// <summary>The configuration revision that a guest of version 3 has applied.</summary>
/// <param name="Generation">The generation that the report is for.</param>
/// <param name="Revision">The configuration revision.</param>
[GenerateSerializer, Immutable, Alias("audrey.AppliedRevision")]
public sealed record AppliedRevision([property: Id(0)] long Generation, [property: Id(1)] string Revision);

/// <summary>Facts about a guest of version 3.</summary>
/// <param name="Generation">The generation that the facts are for.</param>
/// <param name="Facts">The facts.</param>
[GenerateSerializer, Immutable, Alias("audrey.GuestFacts")]
public sealed record GuestFacts([property: Id(0)] long Generation, [property: Id(1)] ImmutableArray<GuestFact> Facts);
