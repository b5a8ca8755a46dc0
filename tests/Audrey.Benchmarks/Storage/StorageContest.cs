using Audrey.Storage;
using Audrey.Storage.Tests.Support;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Benchmarks.Storage;

/// <summary>The result of one contestant in one round.</summary>
/// <param name="PerSecond">The number of writes a second.</param>
/// <param name="P99Milliseconds">The 99th percentile of the times of the writes.</param>
/// <param name="ProcessorMicroseconds">The processor time of this process for one write.</param>
internal sealed record Score(double PerSecond, double P99Milliseconds, double ProcessorMicroseconds);

internal sealed record ContestRound(Score Own, Score Stock, Score Raw, double SlowestSyncs, double FastestSyncs);

/// <summary>The contestants on one database. Each writer has its own grain and writes the state of that grain repeatedly.</summary>
internal sealed class StorageContest : IAsyncDisposable
{
    /// <summary>The length of a string that occupies 158 bytes in Orleans' binary format. Three parameters occupy as many bytes.</summary>
    private const int StateBytes = 154;

    private readonly DirectStorage _storage;
    private readonly IRawUpsert _raw;
    private readonly string _disk;
    private int _round;

    private StorageContest(DirectStorage storage, IRawUpsert raw, string disk)
    {
        _storage = storage;
        _raw = raw;
        _disk = disk;
    }

    public static async Task<StorageContest> OpenAsync(AudreyStorageOptions options)
    {
        var storage = await DirectStorage.OpenAsync(options);
        IRawUpsert raw = options.Kind == StorageKind.Sqlite
            ? await SqliteRawUpsert.OpenAsync(Path.Combine(options.DataDirectory, "raw.db"))
            : await PostgreSqlRawUpsert.OpenAsync(options.ConnectionString);
        return new StorageContest(storage, raw, options.Kind == StorageKind.Sqlite ? options.DataDirectory : Path.GetTempPath());
    }

    public async Task WarmUpAsync(CancellationToken cancellationToken) =>
        await RunRoundAsync(16, TimeSpan.FromSeconds(1), cancellationToken);

    public async Task<ContestRound> RunRoundAsync(int writers, TimeSpan slice, CancellationToken cancellationToken)
    {
        var round = _round++;
        Func<Task<Score>>[] contestants =
        [
            () => WriteAsync(_storage.Own, round, writers, slice, cancellationToken),
            () => WriteAsync(_storage.Stock, round, writers, slice, cancellationToken),
            () => Load.RunAsync(writers, slice, _raw.WriteAsync, cancellationToken),
        ];
        var scores = new Score[contestants.Length];
        var syncs = new List<double>();
        for (var i = 0; i < contestants.Length; i++)
        {
            // A different contestant begins each round, because the speed of the disk can change at any time.
            var contestant = (round + i) % contestants.Length;
            syncs.Add(DiskProbe.SyncsPerSecond(_disk, TimeSpan.FromMilliseconds(100)));
            scores[contestant] = await contestants[contestant]();
        }

        return new ContestRound(scores[0], scores[1], scores[2], syncs.Min(), syncs.Max());
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private static Task<Score> WriteAsync(
        IGrainStorage storage,
        int round,
        int writers,
        TimeSpan slice,
        CancellationToken cancellationToken)
    {
        var text = new string('x', StateBytes);
        var states = Enumerable.Range(0, writers).Select(_ => new GrainState<string>(text)).ToArray();
        var grains = Enumerable.Range(0, writers)
            .Select(writer => GrainId.Create("bench", $"i:{storage.GetType().Name}:{round}:{writer}"))
            .ToArray();
        return Load.RunAsync(writers, slice, writer => storage.WriteStateAsync("state", grains[writer], states[writer]), cancellationToken);
    }
}
