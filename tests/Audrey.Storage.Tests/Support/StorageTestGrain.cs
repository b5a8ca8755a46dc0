using Orleans;
using Orleans.Runtime;

namespace Audrey.Storage.Tests.Support;

public interface IStorageTestGrain : IGrainWithStringKey
{
    [Alias("AddAsync")]
    Task<int> AddAsync();
}

/// <summary>Keeps a counter in each of the two storages.</summary>
public sealed class StorageTestGrain(
    [PersistentState("test.hot", DirectStorage.HotName)] IPersistentState<TestState> hot,
    [PersistentState("test.rare", DirectStorage.RareName)] IPersistentState<TestState> rare,
    IGrainContext context)
    : IStorageTestGrain, IGrainBase
{
    public IGrainContext GrainContext { get; } = context;

    public async Task<int> AddAsync()
    {
        hot.State = hot.State with { Number = hot.State.Number + 1 };
        rare.State = rare.State with { Number = rare.State.Number + 1 };
        await hot.WriteStateAsync();
        await rare.WriteStateAsync();
        return hot.State.Number + rare.State.Number;
    }
}
