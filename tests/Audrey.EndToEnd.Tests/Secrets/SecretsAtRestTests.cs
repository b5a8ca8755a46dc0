using System.Text;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.Server.Startup;
using Audrey.Storage;
using Npgsql;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>
/// If a conductor marks a value as secret, the server encrypts the value in the database. Nobody can read such a value without the keys.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class SecretsAtRestTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Keys => _directory.File("keys");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_SQLite_file_and_its_write_ahead_log_contain_no_secret()
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
    public async Task No_row_in_PostgreSQL_contains_a_secret()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        var connection = await database.CreateDatabaseAsync();
        await using var server = await GuardedServer.Start(
            _directory.Path, "--Audrey:Storage:Kind=PostgreSql", $"--Audrey:Storage:ConnectionString={connection}");
        await server.Deploy();
        await server.AssertServes();
        AssertHidden(await Rows(connection));
    }

    [Fact]
    public async Task If_its_key_is_missing_the_server_does_not_start_and_writes_nothing()
    {
        await using (var server = await GuardedServer.Start(_directory.Path)) await server.Deploy();
        var key = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(Keys)))["key-".Length..];
        Directory.Move(Keys, _directory.File("elsewhere"));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => GuardedServer.Start(_directory.Path));
        var message = string.Join(' ', StartFailures.Lines(failure));
        foreach (var part in new[] { key, Keys, "--Audrey:Secrets:KeysDirectory", "backup" })
            Assert.Contains(part, message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageFailedException>(() => GuardedServer.RotateKeys(_directory.Path));

        await using var restarted = await GuardedServer.Start(
            _directory.Path, $"--Audrey:Secrets:KeysDirectory={_directory.File("elsewhere")}");
        await restarted.AssertServes();
    }

    [Fact]
    public async Task After_a_rotation_every_row_uses_the_new_key_and_the_old_key_can_be_deleted()
    {
        await using (var server = await GuardedServer.Start(_directory.Path)) await server.Deploy();
        var old = Assert.Single(Directory.GetFiles(Keys));

        // The five rows are the definitions of both instances, the values of one guest, the credential of the conductor that the server made,
        // and the seal.
        Assert.Contains(" 5 rows", await GuardedServer.RotateKeys(_directory.Path), StringComparison.Ordinal);
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
    public async Task A_configured_certificate_encrypts_the_keys()
    {
        var (first, second) = (Certificates.Create(_directory.File("first.pem")), Certificates.Create(_directory.File("second.pem")));
        await using (var server = await GuardedServer.Start(_directory.Path, $"--Audrey:Secrets:Certificates:0={first}"))
            await server.Deploy();
        Assert.Contains("EncryptedData", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Keys))), StringComparison.Ordinal);

        // The second certificate encrypts new keys. The first certificate is still needed to decrypt the old key.
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => GuardedServer.Start(_directory.Path, $"--Audrey:Secrets:Certificates:0={second}"));
        Assert.Contains("Audrey:Secrets:Certificates", string.Join(' ', StartFailures.Lines(failure)), StringComparison.Ordinal);
        await using var restarted = await GuardedServer.Start(
            _directory.Path, $"--Audrey:Secrets:Certificates:0={second}", $"--Audrey:Secrets:Certificates:1={first}");
        await restarted.AssertServes();
    }

    private static void AssertHidden(string stored)
    {
        // The check finds a value that is not secret. This proves that it would also find a secret that is not encrypted.
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
