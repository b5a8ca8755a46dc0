using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Npgsql;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>
/// The connections to PostgreSQL use TLS as the connection string requires. The database has a certificate from a CA of the test.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class PostgreSqlTlsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PostgreSqlAuthority _authority = new("authority of the test");

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task If_the_mode_is_VerifyFull_every_connection_uses_TLS()
    {
        var (certificate, key) = _authority.Issue("localhost");
        await using var database = await PostgreSqlServer.StartWithTlsAsync(certificate, key);
        var connection = await database.CreateTlsDatabaseAsync("localhost");
        await using var server = await ServerProcess.Start(Settings($"{connection};SslMode=VerifyFull;Root Certificate={_authority.Path}"));
        Assert.Equal(200, (await server.Conductor.Post("/configs/2/web", Document("web", "", "shop"))).Status);

        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        await using var source = NpgsqlDataSource.Create(database.ConnectionString("postgres"));
        await using var sessions = source.CreateCommand(
            "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE datname = $1");
        sessions.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using var row = await sessions.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.True(row.GetInt64(1) > 0, "The server has a connection");
        Assert.Equal(row.GetInt64(1), row.GetInt64(0));
    }

    [Fact]
    public async Task At_the_start_a_database_certificate_from_another_CA_is_refused()
    {
        using var other = new PostgreSqlAuthority("another authority");
        var error = await Refused(_authority.Issue("localhost"), "localhost", other.Path);
        AssertSays(
            error, "'CN=database of localhost'", "'CN=authority of the test' is not among the authorities", other.Path, "Root Certificate");
    }

    [Fact]
    public async Task At_the_start_a_database_certificate_for_another_host_is_refused()
    {
        var error = await Refused(_authority.Issue("elsewhere.example"), "localhost", _authority.Path);
        AssertSays(error, "'CN=database of elsewhere.example'", "it is for 'elsewhere.example', not for 'localhost'");
    }

    [Fact]
    public async Task At_the_start_an_expired_database_certificate_is_refused()
    {
        var error = await Refused(_authority.Issue("localhost", days: -2), "localhost", _authority.Path);
        AssertSays(error, "'CN=database of localhost'", "it is valid from");
    }

    private async Task<string> Refused((string Certificate, string Key) issued, string host, string authority)
    {
        await using var database = await PostgreSqlServer.StartWithTlsAsync(issued.Certificate, issued.Key);
        var connection = await database.CreateTlsDatabaseAsync(host);
        var (exitCode, error) = await ServerProcess.Fail(Settings($"{connection};SslMode=VerifyFull;Root Certificate={authority}"));
        Assert.Equal(1, exitCode);
        return error;
    }

    private static void AssertSays(string error, params string[] texts)
    {
        foreach (var text in texts) Assert.Contains(text, error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private string[] Settings(string connection) =>
    [
        $"--Audrey:DataDirectory={_directory.Path}", "--Audrey:Silo:AdvertisedAddress=127.0.0.1", "--Audrey:Storage:Kind=PostgreSql",
        $"--Audrey:Storage:ConnectionString={connection}",
    ];
}
