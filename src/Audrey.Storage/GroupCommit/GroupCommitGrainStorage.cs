using System.Globalization;
using System.Runtime.InteropServices;
using Audrey.Storage.Keys;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Grain storage whose writes share commits. Rows, ETags and clearing are the same as in the stock ADO.NET storage with
/// <c>DeleteStateOnClear</c>: the ETag is the row's version, and clearing deletes the row. After clearing there is no ETag. A failed call
/// does not change the grain's state, ETag or RecordExists.
/// </summary>
internal sealed class GroupCommitGrainStorage(
    string providerName,
    string serviceId,
    ICommitEngine engine,
    CommitQueue queue,
    IGrainStorageSerializer serializer,
    IActivatorProvider activators,
    AudreyStorageOptions options)
    : IGrainStorage
{
    private readonly RowKeyFactory _keys = new(serviceId);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(
        string stateName,
        GrainId grainId,
        IGrainState<T> grainState,
        CancellationToken cancellationToken)
    {
        var key = _keys.Create(stateName, grainId);
        var stored = await ReadAsync(key, cancellationToken);
        var state = stored?.Payload is { } payload ? serializer.Deserialize<T>(new BinaryData(payload)) : default;

        grainState.State = state ?? NewState<T>();
        grainState.ETag = stored?.Version?.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = stored is not null;
    }

    // The token can cancel the call until the write is accepted. An accepted write is carried out.
    public async Task WriteStateAsync<T>(
        string stateName,
        GrainId grainId,
        IGrainState<T> grainState,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = _keys.Create(stateName, grainId);
        var payload = GetArray(serializer.Serialize(grainState.State));
        if (payload.Length > options.MaxPayloadBytes)
        {
            throw new StorageFailedException(
                $"The state '{stateName}' of {grainId} has {payload.Length} bytes; Storage:MaxPayloadBytes allows "
                + $"{options.MaxPayloadBytes}.");
        }

        if (!TryParseVersion(grainState.ETag, out var expected)) throw Conflict("WriteState", key, grainId, grainState.ETag);
        var write = RowWrite.Save(key, expected, payload);
        if (await queue.EnqueueAsync(write) == RowOutcome.Conflict) throw Conflict("WriteState", key, grainId, grainState.ETag);

        grainState.ETag = write.NewVersion.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(
        string stateName,
        GrainId grainId,
        IGrainState<T> grainState,
        CancellationToken cancellationToken)
    {
        // As in the stock storage, the row is read first if the grain has no known record. If there is no row, there is nothing to delete.
        if (!grainState.RecordExists)
        {
            await ReadStateAsync(stateName, grainId, grainState, cancellationToken);
            if (!grainState.RecordExists) return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var key = _keys.Create(stateName, grainId);
        if (!TryParseVersion(grainState.ETag, out var expected)
            || expected is not { } version
            || await queue.EnqueueAsync(RowWrite.Delete(key, version)) == RowOutcome.Conflict)
        {
            throw Conflict("ClearState", key, grainId, grainState.ETag);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = NewState<T>();
    }

    private async ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.ReadAsync(key, cancellationToken);
        }
        catch (CommitException exception)
        {
            throw new StorageFailedException(exception.Message, exception);
        }
    }

    private static byte[] GetArray(BinaryData payload) =>
        MemoryMarshal.TryGetArray(payload.ToMemory(), out var segment) && segment.Array is { } array && segment.Count == array.Length
            ? array
            : payload.ToArray();

    private T NewState<T>() => activators.GetActivator<T>().Create();

    private static bool TryParseVersion(string? etag, out int? version)
    {
        version = null;
        if (string.IsNullOrWhiteSpace(etag)) return true;
        if (!int.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        version = number;
        return true;
    }

    private InconsistentStateException Conflict(string operation, RowKey key, GrainId grainId, string? etag) =>
        new($"Version conflict ({operation}): ServiceId={key.ServiceId} ProviderName={providerName} GrainType={key.GrainTypeString} "
            + $"GrainId={grainId} ETag={etag}.");
}
