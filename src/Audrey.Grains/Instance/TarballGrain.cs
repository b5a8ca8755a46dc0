using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>The tarball of one instance, apart from it so that its bytes are in memory only while guests fetch it.</summary>
[Alias("audrey.ITarballGrain")]
public interface ITarballGrain : IGrainWithStringKey
{
    /// <summary>The tarball, or null.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<Tarball?> Get();

    /// <summary>What the tarball is, without its bytes; null when there is none.</summary>
    [AlwaysInterleave, Alias("Describe")]
    ValueTask<TarballDescription?> Describe();

    /// <summary>Replaces the tarball, unless that very upload was carried out before; durable when it returns.</summary>
    /// <param name="tarball">The new one.</param>
    /// <param name="upload">The signed upload; null when a registration, which is judged by its instance, or an unsigned command replaces
    /// it.</param>
    [Alias("Set")]
    Task<Freshness> Set(Tarball tarball, RequestMark? upload);

    /// <summary>Deletes the tarball.</summary>
    [Alias("Clear")]
    Task Clear();
}

/// <summary>What a tarball is.</summary>
/// <param name="Digest">SHA-256, lower-case hexadecimal.</param>
/// <param name="Bytes">Its size.</param>
[GenerateSerializer, Immutable, Alias("audrey.TarballDescription")]
public sealed record TarballDescription([property: Id(0)] string Digest, [property: Id(1)] long Bytes);

/// <summary>The durable row of a tarball.</summary>
[GenerateSerializer, Immutable, Alias("audrey.TarballState")]
public sealed record TarballState
{
    /// <summary>The tarball, or null.</summary>
    [Id(0)] public Tarball? Tarball { get; init; }

    /// <summary>The uploads already carried out; outlives the tarball.</summary>
    [Id(1)] public ReplayMemory Uploads { get; init; } = ReplayMemory.Empty;
}

/// <inheritdoc cref="ITarballGrain"/>
[GrainType("tarball"), CollectionAgeLimit(Minutes = 2)]
internal sealed class TarballGrain([PersistentState("tarball", StorageNames.Hot)] IPersistentState<TarballState> row) : Grain, ITarballGrain
{
    private TarballState _durable = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = row.State;
        return Task.CompletedTask;
    }

    public ValueTask<Tarball?> Get() => ValueTask.FromResult(_durable.Tarball);

    public ValueTask<TarballDescription?> Describe() =>
        ValueTask.FromResult(_durable.Tarball is { } tarball ? new TarballDescription(tarball.Digest, tarball.Bytes.Length) : null);

    public async Task<Freshness> Set(Tarball tarball, RequestMark? upload)
    {
        if (upload is not { } mark)
        {
            await Write(_durable with { Tarball = tarball });
            return Freshness.Fresh;
        }

        var judged = _durable.Uploads.Judged(mark);
        if (judged == Freshness.Fresh) await Write(new TarballState { Tarball = tarball, Uploads = _durable.Uploads.With(mark) });
        return judged;
    }

    public async Task Clear()
    {
        if (_durable.Tarball is null) return;
        await Write(_durable with { Tarball = null });
        DeactivateOnIdle();
    }

    private async Task Write(TarballState after)
    {
        row.State = after;
        try
        {
            if (after.Tarball is null && after.Uploads.Count == 0) await row.ClearStateAsync();
            else await row.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // Whether it was written is not known: what is served comes from storage again.
            DeactivateOnIdle();
            throw new NotDurableException("the database did not take the write; try again later", exception);
        }

        _durable = after;
    }
}
