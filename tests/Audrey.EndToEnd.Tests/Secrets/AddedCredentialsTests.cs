using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Commands;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>Credentials of conductors are added, rotated and revoked while the server runs.</summary>
[Collection(ProcessTests.Name)]
public sealed class AddedCredentialsTests : IDisposable
{
    private static readonly ConductorKey Key = ConductorKey.Parse("added");

    /// <summary>The places where a credential is verified. Each returns whether the server accepts the secret.</summary>
    private static readonly Dictionary<string, Func<GuardedServer, TempDirectory, string, Task<bool>>> s_doors = new()
    {
        ["version 2"] = async (server, _, secret) => IsAccepted(await Auth(server, secret)),
        ["version 3"] = async (server, _, secret) => IsAccepted(await List(server, secret)),
        ["client library"] = async (server, _, secret) =>
        {
            try
            {
                await using var client = await server.Connect(Key, secret);
                return (await client.ListDeployablesAsync().ToListAsync()).Count == 0;
            }
            catch (UnprovenException)
            {
                return false;
            }
        },
        ["command"] = async (server, directory, secret) =>
        {
            var (code, _, error) = await new CommandProcess(directory.Path).Run(
                secret, "login", $"p{Guid.NewGuid():n}", "--url", server.Endpoint.ToString(), "--key", Key.Value);
            Assert.True(code is 0 or 1, error);
            Assert.DoesNotContain(secret, error, StringComparison.Ordinal);
            return code == 0;
        },
    };

    private readonly TempDirectory _directory = new();

    public static TheoryData<string> Doors => [.. s_doors.Keys];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_added_conductor_is_accepted_immediately_and_after_a_restart_and_its_secret_is_encrypted()
    {
        string secret;
        await using (var server = await GuardedServer.Start(_directory.Path))
        {
            await using var client = await server.Connect();
            Assert.Equal(401, await Auth(server, "a guess"));
            var issued = await client.AddConductorAsync(Key);
            secret = issued.Secret;
            Assert.Equal((Key, 64), (issued.Key, secret.Length));
            Assert.DoesNotContain(secret, issued.ToString(), StringComparison.Ordinal);
            Assert.Equal(200, await Auth(server, secret));
            Assert.Equal(401, await Auth(server, "a guess"));
            var registered = await server.Signing("added", secret).Post("/configs/2/i", ServerFixture.Document("i", "", "d"));
            Assert.Equal((200, ""), (registered.Status, registered.Text));
            Assert.Equal(200, (await server.Signing("added", secret).Get("/reports/2/instance/i")).Status);
            await Assert.ThrowsAsync<ConductorExistsException>(() => client.AddConductorAsync(Key));
        }

        await using var restarted = await GuardedServer.Start(_directory.Path);
        Assert.Equal(200, await Auth(restarted, secret));
        foreach (var path in Directory.GetFiles(_directory.Path, "audrey.db*"))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(file, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(secret, await text.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Each_door_accepts_the_added_and_the_rotated_secret_and_refuses_the_old_and_the_revoked_one(string door)
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        Task<bool> Accepts(string secret) => s_doors[door](server, _directory, secret);

        var first = (await client.AddConductorAsync(Key)).Secret;
        Assert.True(await Accepts(first));
        var second = (await client.RotateConductorAsync(Key, TimeSpan.FromHours(1))).Secret;
        Assert.Equal((true, true), (await Accepts(second), await Accepts(first)));

        // After a rotation without an overlap, both the first and the second secret are refused. The server does not know the third secret,
        // so it reads the credentials again.
        var third = (await client.RotateConductorAsync(Key)).Secret;
        Assert.Equal((true, false, false), (await Accepts(third), await Accepts(second), await Accepts(first)));

        await client.RevokeConductorAsync(Key);
        Assert.Equal((false, false), (await Accepts("a guess"), await Accepts(third)));
    }

    [Fact]
    public async Task The_list_has_the_times_of_a_rotation_and_a_revoked_credential_is_not_found()
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        await client.AddConductorAsync(Key);
        await client.RotateConductorAsync(Key);
        var listed = Assert.Single(await client.ListConductorsAsync(), conductor => conductor.Key != ConductorKey.Default);
        Assert.Equal((Key, null), (listed.Key, listed.PreviousUntil));
        Assert.True(listed.Rotated >= listed.Created);

        await client.RevokeConductorAsync(Key);
        Assert.Equal([ConductorKey.Default], (await client.ListConductorsAsync()).Select(conductor => conductor.Key));
        await Assert.ThrowsAsync<NotFoundException>(() => client.RevokeConductorAsync(Key));
        await Assert.ThrowsAsync<NotFoundException>(() => client.RotateConductorAsync(Key));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.RotateConductorAsync(Key, TimeSpan.FromDays(31)));
    }

    [Fact]
    public async Task An_added_conductor_and_a_configured_conductor_have_the_same_permissions_in_version_3()
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        Assert.Equal(401, await List(server, "a guess"));
        var secret = (await client.AddConductorAsync(Key)).Secret;
        Assert.Equal(200, await List(server, secret));
        var conductor = server.Basic("added", secret);
        var registered = await conductor.Put(
            "/v3/deployables/d",
            """{"name":"d","instances":[{"id":"i","assembly":"web","ordinal":0,"secret":"the secret of the guest"}]}""");
        Assert.Equal(200, registered.Status);
        Assert.Equal(200, (await conductor.Get("/v3/deployables/d")).Status);
        Assert.Equal(200, (await conductor.Get("/v3/instances/i/report")).Status);
        Assert.Equal(GroupStates.Finished, (await conductor.Scale("d", "web", 2)).State);
        Assert.Equal(204, (await conductor.Put("/v3/deployables/d/instances/i", """{"secret":"another secret"}""")).Status);
        Assert.Equal(200, (await conductor.Get("/v3/deployables/d/events")).Status);
        await conductor.DeleteToTheEnd("d");
    }

    [Theory]
    [InlineData("a:b", "colon", 1)]
    [InlineData("a\\b", "looks like a path", 2)]
    [InlineData(" a", "begins or ends with white space", 2)]
    [InlineData("a\u0001", "control character", 2)]
    public async Task A_key_that_no_caller_could_use_is_refused_at_each_door_with_the_reason(string key, string reason, int exitCode)
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => client.AddConductorAsync(ConductorKey.Parse(key)));
        Assert.True(refused is RefusedException or FormatException, refused.ToString());
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);

        var administrator = (await client.AddConductorAsync(Key, ConductorRole.Administrator)).Secret;
        var problem = BasicClient.Problem(
            await server.Basic(Key.Value, administrator).Put($"/v3/conductors/{Uri.EscapeDataString(key)}", "{}"), 400);
        Assert.Contains(reason, Assert.Single(problem.Errors!).Detail, StringComparison.Ordinal);

        var command = new CommandProcess(_directory.Path);
        var login = await command.Run(administrator, "login", "p", "--url", server.Endpoint.ToString(), "--key", Key.Value);
        Assert.True(login.Code == 0, login.Error);
        var (code, _, error) = await command.Run("", "conductor", "add", key);
        Assert.Equal(exitCode, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(2, (await client.ListConductorsAsync()).Count);
    }

    private static async Task<int> List(GuardedServer server, string secret) =>
        (await server.Basic("added", secret).Get("/v3/deployables")).Status;

    private static async Task<int> Auth(GuardedServer server, string secret) => (await server.Signing("added", secret).Get("/auth")).Status;

    private static bool IsAccepted(int status)
    {
        Assert.True(status is 200 or 401, $"The server answered {status}.");
        return status == 200;
    }
}
