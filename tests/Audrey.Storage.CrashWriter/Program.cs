using Audrey.Storage;
using Audrey.Storage.Tests.Support;

// Writes continuously and prints each acknowledged write, until the process is killed. The first argument is the kind of storage. The
// second is the data directory or the connection string. Each line of output contains a key and the acknowledged version.
const int Writers = 32;

await using var storage = await DirectStorage.OpenAsync(new AudreyStorageOptions
{
    Kind = Enum.Parse<StorageKind>(args[0]),
    DataDirectory = args[1],
    ConnectionString = args[1],
});

await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
{
    var key = $"i:{writer}";
    var grain = GrainId.Create("crash", key);
    var state = new GrainState<string>();
    while (true)
    {
        state.State = $"{int.Parse(state.ETag ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1}";
        await storage.Own.WriteStateAsync("state", grain, state);
        Console.WriteLine($"{key} {state.ETag}");
    }
}));
