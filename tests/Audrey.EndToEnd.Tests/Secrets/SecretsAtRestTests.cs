using System.Text;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.Server.Startup;
using Audrey.Storage;
using Audrey.Testing;
using Npgsql;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>What a conductor or a guest calls secret is not to be found in the database, and is lost without the keys.</summary>
[Collection(ProcessTests.Name)]
public sealed class SecretsAtRestTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Keys => _directory.File("keys");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Neither_the_SQLite_file_nor_its_log_holds_a_secret()
    {
        await using (var server = await GuardedServer.Start(_directory.Path))
        {
            await server.Deploy();
            await server.AssertServes();
            AssertHidden(Files());
        }

        AssertHidden(Files());
        if (!OperatingSystem.IsWindows())
            foreach (var path in Directory.GetFiles(Keys).Append(Keys)) Assert.Equal(0, (int)File.GetUnixFileMode(path) & 0b111_111);
    }

    [Fact]
    public async Task No_row_of_PostgreSQL_holds_a_secret()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        await using var server = await GuardedServer.Start(_directory.Path, "--Audrey:Storage:Kind=PostgreSql", $"--Audrey:Storage:ConnectionString={connection}");
        await server.Deploy();
        await server.AssertServes();
        AssertHidden(await Rows(connection));
    }

    [Fact]
    public async Task Without_its_key_the_server_does_not_start_and_writes_nothing()
    {
        await using (var server = await GuardedServer.Start(_directory.Path)) await server.Deploy();
        var key = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(Keys)))["key-".Length..];
        Directory.Move(Keys, _directory.File("elsewhere"));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => GuardedServer.Start(_directory.Path));
        var said = string.Join(' ', StartFailures.Lines(failure));
        foreach (var told in new[] { key, Keys, "--Audrey:Secrets:KeysDirectory", "backup" }) Assert.Contains(told, said, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageFailedException>(() => GuardedServer.RotateKeys(_directory.Path));

        await using var again = await GuardedServer.Start(_directory.Path, $"--Audrey:Secrets:KeysDirectory={_directory.File("elsewhere")}");
        await again.AssertServes();
    }

    [Fact]
    public async Task Rotated_keys_encrypt_everything_and_the_old_key_may_go()
    {
        await using (var server = await GuardedServer.Start(_directory.Path)) await server.Deploy();
        var old = Assert.Single(Directory.GetFiles(Keys));

        // Both definitions, the values that one guest gave, and the seal.
        Assert.Contains(" 4 rows", await GuardedServer.RotateKeys(_directory.Path), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Keys).Length);
        await using (var server = await GuardedServer.Start(_directory.Path)) await server.AssertServes();

        File.Delete(old);
        await using (var server = await GuardedServer.Start(_directory.Path))
        {
            await server.AssertServes();
            await server.Give("db", "password", GuardedServer.ReportedValue + "-changed");
        }

        AssertHidden(Files());
    }

    [Fact]
    public async Task A_certificate_encrypts_the_keys_themselves()
    {
        var (first, second) = (Certificates.Make(_directory.File("first.pem")), Certificates.Make(_directory.File("second.pem")));
        await using (var server = await GuardedServer.Start(_directory.Path, $"--Audrey:Secrets:Certificates:0={first}")) await server.Deploy();
        Assert.Contains("EncryptedData", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Keys))), StringComparison.Ordinal);

        // The next certificate encrypts new keys; the first is still needed for the old one.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => GuardedServer.Start(_directory.Path, $"--Audrey:Secrets:Certificates:0={second}"));
        Assert.Contains("Audrey:Secrets:Certificates", string.Join(' ', StartFailures.Lines(failure)), StringComparison.Ordinal);
        await using var again = await GuardedServer.Start(
            _directory.Path, $"--Audrey:Secrets:Certificates:0={second}", $"--Audrey:Secrets:Certificates:1={first}");
        await again.AssertServes();
    }

    private static void AssertHidden(string stored)
    {
        // What is not secret is found, so the search would find a secret as well.
        Assert.Contains(GuardedServer.OpenValue, stored, StringComparison.Ordinal);
        foreach (var secret in GuardedServer.Secrets) Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
    }

    private string Files() => string.Concat(Directory.GetFiles(_directory.Path, "audrey.db*").Select(path =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var text = new StreamReader(file, Encoding.Latin1);
        return text.ReadToEnd();
    }));

    private static async Task<string> Rows(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL");
        await using var rows = await command.ExecuteReaderAsync();
        var text = new StringBuilder();
        while (await rows.ReadAsync()) text.Append(Encoding.Latin1.GetString(rows.GetFieldValue<byte[]>(0)));
        return text.ToString();
    }
}
