using System.Globalization;
using Audrey.Storage;
using Audrey.Testing;

namespace Audrey.Benchmarks.Storage;

/// <summary>
/// Measures the durable writes per second of the group commit, of the stock ADO.NET storage, and of the bare database, on SQLite and on
/// PostgreSQL. The contestants alternate in many short rounds, so that a change of the disk's speed affects all of them.
/// </summary>
public static class StorageBenchmark
{
    private const int Rounds = 12;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(400);
    private static readonly int[] Writers = [1, 16, 64];

    /// <summary>The minimum ratio of the group commit to the stock storage with 64 writers.</summary>
    private static readonly Dictionary<StorageKind, double> Targets = new() { [StorageKind.Sqlite] = 20, [StorageKind.PostgreSql] = 3 };

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var server = await PostgreSqlServer.StartAsync();
        using var directory = new TempDirectory();
        var options = new Dictionary<StorageKind, AudreyStorageOptions>
        {
            [StorageKind.Sqlite] = new() { DataDirectory = directory.Path },
            [StorageKind.PostgreSql] = new() { Kind = StorageKind.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() },
        };

        await output.WriteLineAsync(
            "durable writes a second (p99 in ms, processor time in us), 158-byte states; medians of twelve rounds; "
            + "fdatasync/s from lowest to highest");
        await output.WriteLineAsync($"{"",-12}{"writers",8}{"own",22}{"stock",22}{"raw upsert",22}{"own/stock",11}{"fdatasync/s",14}");
        foreach (var (kind, kindOptions) in options)
        {
            await using var contest = await StorageContest.OpenAsync(kindOptions);
            await contest.WarmUpAsync(cancellationToken);
            foreach (var writers in Writers)
            {
                var rows = new List<ContestRound>();
                for (var round = 0; round < Rounds; round++) rows.Add(await contest.RunRoundAsync(writers, Slice, cancellationToken));
                await WriteRowAsync(output, kind, writers, rows);
            }
        }
    }

    private static async Task WriteRowAsync(TextWriter output, StorageKind kind, int writers, List<ContestRound> rounds)
    {
        // The ratio is computed for each round, because the contestants have nearly the same disk speed within a round.
        var ratio = Median(rounds.Select(round => round.Own.PerSecond / round.Stock.PerSecond));
        var verdict = writers == 64 ? $"  target {Targets[kind]}: {(ratio >= Targets[kind] ? "met" : "MISSED")}" : "";
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind,-12}{writers,8}{Cell(rounds, r => r.Own),22}{Cell(rounds, r => r.Stock),22}{Cell(rounds, r => r.Raw),22}"
            + $"{ratio,11:0.0}{$"{rounds.Min(r => r.SlowestSyncs):0}-{rounds.Max(r => r.FastestSyncs):0}",14}{verdict}"));
    }

    private static string Cell(List<ContestRound> rounds, Func<ContestRound, Score> score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median(rounds.Select(r => score(r).PerSecond)):0} ({Median(rounds.Select(r => score(r).P99Milliseconds)):0.0}, "
        + $"{Median(rounds.Select(r => score(r).ProcessorMicroseconds)):0})");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
