using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Credentials;
using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server.ClientPort;
using static Audrey.EndToEnd.Tests.ClientPort.PortServers;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Tests open connections and wrong secrets at the port of a real silo.</summary>
[Collection(ProcessTests.Name)]
public sealed class ConnectionLifeTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private PortServers _servers = null!;

    public async Task InitializeAsync() => _servers = await Start(onPostgreSql: false, ownGateway: false);

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task Calls_on_an_open_connection_get_a_typed_error_within_five_seconds_after_the_revocation()
    {
        var secret = await _servers.Add("leaving", ConductorRole.Operator);
        await using var client = await _servers.Silo.Connect("leaving", secret, TimeSpan.FromSeconds(1));
        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());

        await _servers.Revoke("leaving");
        var (error, lastAnswer) = await CallUntilRefused(client).Within("the refusal of the client");

        Assert.InRange(lastAnswer, TimeSpan.Zero, Limit);
        Assert.Contains("leaving", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_within_five_seconds_after_the_revocation()
    {
        var captured = new Captured();
        var credential = Conductor("idle", await _servers.Add("idle", ConductorRole.Operator));
        await using (await RawClient.Connect(_servers.Port, credential, captured.Take))
        {
        }

        // The client sends only the preamble and then keeps the connection open. The task ends when the silo closes the connection.
        var sending = Captured.Send(_servers.Port, credential, captured.Preamble);
        var before = _servers.Refused;
        await Deadlines.Until(() => _servers.OpenConnections("idle") > 0, "a connection of the conductor");
        var revoked = TimeProvider.System.GetTimestamp();
        await _servers.Revoke("idle");
        await sending;

        Assert.InRange(TimeProvider.System.GetElapsedTime(revoked), TimeSpan.Zero, Limit);
        Assert.True(_servers.Refused > before);
    }

    [Fact]
    public async Task During_the_overlap_of_a_rotation_both_secrets_are_accepted_and_old_connections_end_after_it()
    {
        var old = await _servers.Add("rotating", ConductorRole.Operator);
        await using var client = await _servers.Silo.Connect("rotating", old, TimeSpan.FromSeconds(1));
        var key = ConductorKey.Parse("rotating");
        var rotated = await _servers.Credentials.Rotate(key, TimeSpan.FromHours(1), NewMark());
        foreach (var secret in new[] { rotated.Secret!, old })
        {
            await using var other = await _servers.Silo.Connect("rotating", secret);
            Assert.Empty(await other.ListDeployablesAsync().ToListAsync());
        }

        // A rotation without an overlap ends all connections that were made with earlier secrets.
        await _servers.Credentials.Rotate(key, TimeSpan.Zero, NewMark());
        Assert.InRange((await CallUntilRefused(client).Within("the refusal of the client")).LastAnswer, TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task A_client_continues_with_a_new_secret_that_the_program_sets()
    {
        var options = new AudreyClientOptions
        {
            Conductor = ConductorKey.Parse("renewed"),
            Secret = await _servers.Add("renewed", ConductorRole.Operator),
            Gateways = [$"127.0.0.1:{_servers.Port}"],
        };
        await using var client = await AudreyClient.ConnectAsync(options);
        options.Secret = (await _servers.Credentials.Rotate(options.Conductor, TimeSpan.Zero, NewMark())).Secret!;
        await Deadlines.Until(() => _servers.OpenConnections("renewed") == 0, "the end of all connections");

        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());
    }

    [Fact]
    public async Task A_wrong_secret_gives_a_typed_error_immediately_and_further_attempts_are_delayed_until_one_succeeds()
    {
        var secret = await _servers.Add("guessed", ConductorRole.Operator);
        for (var i = 0; i < WrongSecrets.MaxFree; i++)
        {
            var error = await Assert.ThrowsAsync<UnprovenException>(() => _servers.Silo.Connect("guessed", $"guess {i}"));
            Assert.Contains("AudreyClientOptions.Conductor and Secret", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("guess ", error.Message, StringComparison.Ordinal);
        }

        // Each wrong guess that is verified doubles the delay, so soon a guess arrives before the delay is over.
        ProofRefusedException? refused;
        do
        {
            var guess = Conductor("guessed", "another guess");
            refused = ProofRefusedException.In(await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(_servers.Port, guess)));
        }
        while (refused?.Reason != ProofRefusal.TooMany);

        // Even the right secret is not verified before the delay is over. The library waits until it is over.
        await using var client = await _servers.Silo.Connect("guessed", secret);
        Assert.Empty(await client.ListDeployablesAsync().ToListAsync());
    }

    [Fact]
    public async Task A_new_secret_of_the_cluster_can_be_added_before_the_old_one_is_removed()
    {
        var (old, next) = (_servers.ServerCredential, new CallerCredential(CallerKind.Server, "audrey", new string('n', 64)));
        await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(_servers.Port, next));
        SecretFiles.Write(_servers.SecretFile, new string('n', 64), System.Text.Encoding.UTF8.GetString(old.Secret.Span));
        foreach (var credential in new[] { old, next })
            await using (await RawClient.Connect(_servers.Port, credential))
                Assert.True(_servers.OpenConnections("audrey") > 0);

        SecretFiles.Write(_servers.SecretFile, new string('n', 64));
        await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(_servers.Port, old));
        await using var server = await RawClient.Connect(_servers.Port, next);
    }

    [Fact]
    public async Task A_gateway_with_a_wrong_cluster_secret_does_not_start_and_names_the_setting_to_correct()
    {
        using var directory = new Testing.TempDirectory();
        var (exitCode, errors) = await ServerProcess.Fail(
            "--Audrey:Roles:0=gateway", "--Audrey:Cluster:ConnectTimeout=00:00:01", $"--Audrey:DataDirectory={directory.Path}",
            $"--Audrey:Silo:GatewayPort={_servers.Port}", $"--Audrey:Cluster:SecretFile={SecretFiles.Create(directory.File("other"))}");

        Assert.Equal(1, exitCode);
        Assert.Contains("the same Audrey:Cluster:SecretFile", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_without_a_silo_needs_the_secret_of_the_cluster()
    {
        using var directory = new Testing.TempDirectory();
        var (_, errors) = await ServerProcess.Fail("--Audrey:Roles:0=gateway", $"--Audrey:DataDirectory={directory.Path}");
        Assert.Contains("Audrey:Cluster:SecretFile is empty", errors, StringComparison.Ordinal);
        Assert.Contains("openssl rand -hex 32", errors, StringComparison.Ordinal);
    }

    /// <summary>Calls repeatedly until the client receives the typed error.</summary>
    /// <returns>The error, and the time from the first call until the last successful answer.</returns>
    private static async Task<(UnprovenException Error, TimeSpan LastAnswer)> CallUntilRefused(AudreyClient client)
    {
        var (began, last) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            try
            {
                await client.ListDeployablesAsync().ToListAsync();
                last = TimeProvider.System.GetElapsedTime(began);
            }
            catch (UnprovenException error)
            {
                return (error, last);
            }
            catch (UnavailableException)
            {
                // The connection was closed during the call.
            }
        }
    }
}
