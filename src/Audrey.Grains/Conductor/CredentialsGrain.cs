using System.Collections.Immutable;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Conductor;

/// <inheritdoc cref="ICredentialsGrain"/>
[GrainType("credentials")]
internal sealed class CredentialsGrain : Grain, ICredentialsGrain
{
    private readonly DurableState<CredentialsState> _state;
    private readonly TimeProvider _time;

    public CredentialsGrain(
        [PersistentState("credentials", StorageNames.Rare)] IPersistentState<CredentialsState> row,
        TimeProvider time, ILogger<CredentialsGrain> logger)
    {
        (_state, _time) = (new(row, this, logger), time);
    }

    private CredentialsState State => _state.Current;

    public ValueTask<CredentialSet?> Read(long known) =>
        ValueTask.FromResult(known == State.Version ? null : new CredentialSet(State.Version, State.Credentials));

    public ValueTask<ImmutableArray<CredentialSummary>> List() => ValueTask.FromResult<ImmutableArray<CredentialSummary>>(
    [
        .. State.Credentials.Select(stored => new CredentialSummary(
            stored.Key, stored.Created, stored.Rotated, stored.PreviousUntil, stored.Role, stored.ActsFor ?? stored.Key)),
    ]);

    public async Task<CredentialAnswer> Add(ConductorKey key, ConductorRole role, ConductorKey? actsFor, RequestMark mark)
    {
        if (State.Find(key) is { } known) return known.Issued == mark ? Done(known) : new(CredentialOutcome.Exists, null);
        if (CredentialRules.ProblemOf(key) is not null) return new(CredentialOutcome.KeyRefused, null);
        if (State.Credentials.Length >= CredentialRules.MaxCredentials) return new(CredentialOutcome.Full, null);
        var made = new StoredCredential
        {
            Key = key,
            Secret = NewSecret.Create(),
            Created = _time.GetUtcNow(),
            Issued = mark,
            Role = role,
            ActsFor = actsFor,
        };
        await _state.Write(State.With(State.Credentials.Add(made)));
        return Done(made);
    }

    public async Task<CredentialAnswer> Rotate(ConductorKey key, TimeSpan overlap, RequestMark mark)
    {
        if (State.Find(key) is not { } known) return new(CredentialOutcome.NotFound, null);
        if (known.Issued == mark) return Done(known);
        var now = _time.GetUtcNow();
        var keeps = overlap > TimeSpan.Zero;
        var rotated = known with
        {
            Secret = NewSecret.Create(),
            PreviousSecret = keeps ? known.Secret : null,
            PreviousUntil = keeps ? now + (overlap < CredentialRules.MaxOverlap ? overlap : CredentialRules.MaxOverlap) : null,
            Rotated = now,
            Issued = mark,
        };
        await _state.Write(State.With(State.Credentials.Replace(known, rotated)));
        return Done(rotated);
    }

    public async Task<CredentialOutcome> Revoke(ConductorKey key)
    {
        if (State.Find(key) is not { } known) return CredentialOutcome.NotFound;
        await _state.Write(State.With(State.Credentials.Remove(known)));
        return CredentialOutcome.Done;
    }

    public async Task<StoredCredential?> GetMade(ConductorKey? key, string? secret)
    {
        if (key is { } kept)
        {
            if (State.Taken.Contains(kept) && State.Find(kept) is { } own) return own;
            if (secret is not null && !State.Taken.Contains(kept) && State.Find(kept) is null) return await Make(kept, secret);
        }

        if (State.Made is { } made && State.Find(made) is { } current) return current;
        if (State.Credentials.Any(credential => credential.Role == ConductorRole.Administrator)) return null;
        var free = ConductorKey.Default;
        for (var i = 2; State.Find(free) is not null; i++)
            free = ConductorKey.Parse(string.Create(CultureInfo.InvariantCulture, $"{ConductorKey.Default}-{i}"));
        return await Make(free, NewSecret.Create());
    }

    private async Task<StoredCredential> Make(ConductorKey key, string secret)
    {
        var made = new StoredCredential
        {
            Key = key,
            Secret = secret,
            Created = _time.GetUtcNow(),
            Issued = default,
            Role = ConductorRole.Administrator,
        };
        var isCurrent = State.Made is { } known && State.Find(known) is not null;
        await _state.Write(State.With(State.Credentials.Add(made)) with
        {
            Made = isCurrent ? State.Made : key,
            Taken = State.Taken.Contains(key) ? State.Taken : State.Taken.Add(key),
        });
        return made;
    }

    private static CredentialAnswer Done(StoredCredential credential) => new(CredentialOutcome.Done, credential.Secret);
}
