using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>The tarball of one instance. It has a grain of its own, so that its bytes are in memory only while guests fetch it.</summary>
[Alias("audrey.ITarballGrain")]
public interface ITarballGrain : IGrainWithStringKey
{
    /// <summary>Returns the tarball, or null if there is none.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<Tarball?> Get();

    /// <summary>Returns the description of the tarball, or null if there is none.</summary>
    [AlwaysInterleave, Alias("Describe")]
    ValueTask<TarballDescription?> Describe();

    /// <summary>Replaces the tarball, unless the same upload was carried out before. The tarball is durable when this returns.</summary>
    /// <param name="tarball">The new tarball.</param>
    /// <param name="upload">The mark of the signed upload. Null for an unsigned command. Also null for a registration, because the instance
    /// recognises its repetitions.</param>
    [Alias("Set")]
    Task<Freshness> Set(Tarball tarball, RequestMark? upload);

    /// <summary>Deletes the tarball.</summary>
    [Alias("Clear")]
    Task Clear();
}

/// <summary>Describes a tarball.</summary>
/// <param name="Digest">SHA-256 in lower-case hexadecimal digits.</param>
/// <param name="Bytes">The size in bytes.</param>
[GenerateSerializer, Immutable, Alias("audrey.TarballDescription")]
public sealed record TarballDescription([property: Id(0)] string Digest, [property: Id(1)] long Bytes);

/// <summary>The durable row of a tarball.</summary>
[GenerateSerializer, Immutable, Alias("audrey.TarballState")]
public sealed record TarballState
{
    /// <summary>The tarball, or null if there is none.</summary>
    [Id(0)] public Tarball? Tarball { get; init; }

    /// <summary>The uploads that were carried out. They are kept when the tarball is deleted.</summary>
    [Id(1)] public ReplayMemory Uploads { get; init; } = ReplayMemory.Empty;
}

/// <inheritdoc cref="ITarballGrain"/>
[GrainType("tarball"), CollectionAgeLimit(Minutes = 2)]
internal sealed class TarballGrain : Grain, ITarballGrain
{
    private readonly DurableState<TarballState> _state;

    public TarballGrain([PersistentState("tarball", StorageNames.Hot)] IPersistentState<TarballState> row, ILogger<TarballGrain> logger) =>
        _state = new(row, this, logger, state => state.Tarball is null && state.Uploads.Count == 0);

    public ValueTask<Tarball?> Get() => ValueTask.FromResult(_state.Current.Tarball);

    public ValueTask<TarballDescription?> Describe() =>
        ValueTask.FromResult(_state.Current.Tarball is { } tarball ? new TarballDescription(tarball.Digest, tarball.Bytes.Length) : null);

    public async Task<Freshness> Set(Tarball tarball, RequestMark? upload)
    {
        if (upload is not { } mark)
        {
            await _state.Write(_state.Current with { Tarball = tarball });
            return Freshness.Fresh;
        }

        var judged = _state.Current.Uploads.Judged(mark);
        if (judged == Freshness.Fresh)
            await _state.Write(new TarballState { Tarball = tarball, Uploads = _state.Current.Uploads.With(mark) });
        return judged;
    }

    public async Task Clear()
    {
        if (_state.Current.Tarball is null) return;
        await _state.Write(_state.Current with { Tarball = null });
        DeactivateOnIdle();
    }
}
