using Orleans.Storage;

namespace Audrey.Storage.Keys;

/// <summary>
/// The stock storage, except for rows whose key has a brace. After a write, the stock storage passes the key to
/// <see cref="string.Format(string, object?[])"/> as the format, so it throws for most of those keys although it has written. The group
/// commit serves them instead. It uses the same rows, so no key changes, and rows that the stock storage has written are found. See
/// decision 0043.
/// </summary>
/// <param name="stock">The stock ADO.NET storage.</param>
/// <param name="groupCommit">The group commit on the same table.</param>
internal sealed class BracedKeysStorage(IGrainStorage stock, IGrainStorage groupCommit) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        StorageFor(grainId).ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        StorageFor(grainId).WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        StorageFor(grainId).ClearStateAsync(stateName, grainId, grainState);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        StorageFor(grainId).ReadStateAsync(stateName, grainId, grainState, cancellationToken);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        StorageFor(grainId).WriteStateAsync(stateName, grainId, grainState, cancellationToken);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        StorageFor(grainId).ClearStateAsync(stateName, grainId, grainState, cancellationToken);

    private IGrainStorage StorageFor(GrainId grainId) => grainId.Key.AsSpan().IndexOfAny((byte)'{', (byte)'}') < 0 ? stock : groupCommit;
}
