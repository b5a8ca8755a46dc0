using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Orleans.Runtime;

namespace Audrey.Grains.Conductor;

/// <inheritdoc cref="ICredentialsGrain"/>
[GrainType("credentials")]
internal sealed class CredentialsGrain(
    [PersistentState("credentials", StorageNames.Rare)] IPersistentState<CredentialsState> row, TimeProvider time) : Grain, ICredentialsGrain
{
    /// <summary>What is served: reads interleave with a write that may fail yet.</summary>
    private CredentialsState _durable = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = row.State;
        return Task.CompletedTask;
    }

    public ValueTask<CredentialSet?> Read(long known) =>
        ValueTask.FromResult(known == _durable.Version ? null : new CredentialSet(_durable.Version, _durable.Credentials));

    public ValueTask<ImmutableArray<CredentialSummary>> List() => ValueTask.FromResult<ImmutableArray<CredentialSummary>>(
        [.. _durable.Credentials.Select(stored => new CredentialSummary(stored.Key, stored.Created, stored.Rotated, stored.PreviousUntil))]);

    public async Task<CredentialAnswer> Add(ConductorKey key, RequestMark mark)
    {
        if (_durable.Find(key) is { } known) return known.Issued == mark ? Done(known) : new(CredentialOutcome.Exists, null);
        if (CredentialRules.ProblemOf(key) is not null) return new(CredentialOutcome.KeyRefused, null);
        if (_durable.Credentials.Length >= CredentialRules.MaxCredentials) return new(CredentialOutcome.Full, null);
        var made = new StoredCredential { Key = key, Secret = NewSecret.Create(), Created = time.GetUtcNow(), Issued = mark };
        await Write(_durable.With(_durable.Credentials.Add(made)));
        return Done(made);
    }

    public async Task<CredentialAnswer> Rotate(ConductorKey key, TimeSpan overlap, RequestMark mark)
    {
        if (_durable.Find(key) is not { } known) return new(CredentialOutcome.NotFound, null);
        if (known.Issued == mark) return Done(known);
        var now = time.GetUtcNow();
        var keeps = overlap > TimeSpan.Zero;
        var rotated = known with
        {
            Secret = NewSecret.Create(),
            PreviousSecret = keeps ? known.Secret : null,
            PreviousUntil = keeps ? now + (overlap < CredentialRules.MaxOverlap ? overlap : CredentialRules.MaxOverlap) : null,
            Rotated = now,
            Issued = mark,
        };
        await Write(_durable.With(_durable.Credentials.Replace(known, rotated)));
        return Done(rotated);
    }

    public async Task<CredentialOutcome> Revoke(ConductorKey key)
    {
        if (_durable.Find(key) is not { } known) return CredentialOutcome.NotFound;
        await Write(_durable.With(_durable.Credentials.Remove(known)));
        return CredentialOutcome.Done;
    }

    private static CredentialAnswer Done(StoredCredential credential) => new(CredentialOutcome.Done, credential.Secret);

    private async Task Write(CredentialsState after)
    {
        await row.Write(after, DeactivateOnIdle);
        _durable = after;
    }
}
