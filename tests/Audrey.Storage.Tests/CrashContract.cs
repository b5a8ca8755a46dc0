using System.Diagnostics;
using System.Globalization;
using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests;

/// <summary>Each test kills a server process under full load. These tests run on every database.</summary>
public abstract class CrashContract(TestDatabases databases)
{
    [Fact]
    public async Task Every_acknowledged_write_of_a_killed_process_is_durable()
    {
        var options = await databases.CreateAsync();
        var acknowledged = await WriteAndKillAsync(options, afterWrites: 2000);

        await using var storage = await DirectStorage.OpenAsync(options);
        Assert.NotEmpty(acknowledged);
        foreach (var (key, version) in acknowledged)
        {
            var state = new GrainState<string>();
            await storage.Own.ReadStateAsync("state", GrainId.Create("crash", key), state);
            // One further write may be durable although its acknowledgement was not printed yet.
            Assert.InRange(int.Parse(state.ETag!, CultureInfo.InvariantCulture), version, version + 1);
            Assert.Equal(state.ETag, state.State);
        }
    }

    private static async Task<Dictionary<string, int>> WriteAndKillAsync(AudreyStorageOptions options, int afterWrites)
    {
        using var writer = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Audrey.Storage.CrashWriter.dll"),
            $"{options.Kind}",
            options.Kind == StorageKind.Sqlite ? options.DataDirectory : options.ConnectionString,
        ])
        {
            RedirectStandardOutput = true,
        })!;

        var acknowledged = new Dictionary<string, int>();
        for (var lines = 1; await writer.StandardOutput.ReadLineAsync() is { } line; lines++)
        {
            // The last line may be truncated, because the process was killed.
            if (line.Split(' ') is [var key, var version] && int.TryParse(version, CultureInfo.InvariantCulture, out var number))
                acknowledged[key] = Math.Max(number, acknowledged.GetValueOrDefault(key));
            if (lines == afterWrites) writer.Kill();
        }

        await writer.WaitForExitAsync();
        return acknowledged;
    }
}

public sealed class SqliteCrashTests(SqliteDatabases databases) : CrashContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlCrashTests(PostgreSqlDatabases databases) : CrashContract(databases);
