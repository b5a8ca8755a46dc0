using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>
/// The tarball of one instance. The tarball has a separate grain, so that its bytes are in memory only while guests fetch it.
/// </summary>
[Alias("audrey.ITarballGrain")]
public interface ITarballGrain : IGrainWithStringKey
{
    /// <summary>Returns the tarball. Null if the instance has no tarball.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<Tarball?> Get();

    /// <summary>Returns the description of the tarball in the gzip format, or null if the instance has no tarball.</summary>
    [AlwaysInterleave, Alias("Describe")]
    ValueTask<TarballDescription?> Describe();

    /// <summary>Stores the tarball of a registration. It is durable when this returns.</summary>
    [Alias("Set")]
    Task Set(Tarball tarball);

    /// <summary>Replaces the tarball, unless the same upload was carried out before. The tarball is durable when this returns.</summary>
    [Alias("Replace")]
    Task<Freshness> Replace(Tarball tarball, ConductorCommand upload);

    /// <summary>Returns whether an upload was carried out before.</summary>
    [Alias("WasUploaded")]
    ValueTask<bool> WasUploaded(ConductorCommand upload);

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
    /// <summary>The tarball, or null if the instance has no tarball.</summary>
    [Id(0)] public Tarball? Tarball { get; init; }

    /// <summary>
    /// The uploads that version 0.1.0 remembered, in one memory for all conductors. They are still recognised, but no uploads are added.
    /// </summary>
    [Id(1)] public ReplayMemory Uploads { get; init; } = ReplayMemory.Empty;

    /// <summary>The uploads that were carried out. They are kept when the tarball is deleted.</summary>
    [Id(2)] public CommandMemory UploadsByConductor { get; init; } = CommandMemory.Empty;
}

/// <inheritdoc cref="ITarballGrain"/>
[GrainType("tarball"), CollectionAgeLimit(Minutes = 2)]
internal sealed class TarballGrain : Grain, ITarballGrain
{
    private readonly DurableState<TarballState> _state;

    public TarballGrain([PersistentState("tarball", StorageNames.Hot)] IPersistentState<TarballState> row, ILogger<TarballGrain> logger) =>
        _state = new(row, this, logger, state => state.Tarball is null && state.Uploads.Count + state.UploadsByConductor.Count == 0);

    public ValueTask<Tarball?> Get() => ValueTask.FromResult(_state.Current.Tarball);

    public ValueTask<TarballDescription?> Describe() =>
        ValueTask.FromResult(
            _state.Current.Tarball?.InGzip() is { } tarball ? new TarballDescription(tarball.Digest, tarball.Bytes.Length) : null);

    public Task Set(Tarball tarball) => _state.Write(_state.Current with { Tarball = tarball });

    public async Task<Freshness> Replace(Tarball tarball, ConductorCommand upload)
    {
        var judged = Judge(upload);
        if (judged != Freshness.Fresh) return judged;
        var uploads = _state.Current.UploadsByConductor;
        await _state.Write(_state.Current with
        {
            Tarball = tarball,
            UploadsByConductor = upload.Mark is { } mark ? uploads.With(upload.Conductor, mark) : uploads,
        });
        return judged;
    }

    public ValueTask<bool> WasUploaded(ConductorCommand upload) => ValueTask.FromResult(Judge(upload) == Freshness.Repeated);

    public async Task Clear()
    {
        if (_state.Current.Tarball is null) return;
        await _state.Write(_state.Current with { Tarball = null });
        DeactivateOnIdle();
    }

    private Freshness Judge(ConductorCommand upload) => _state.Current.UploadsByConductor.Judged(_state.Current.Uploads, upload);
}
