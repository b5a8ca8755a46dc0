using Audrey.Client;
using Audrey.Core.Ids;
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

    private readonly TempDirectory _directory = new();

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

    [Fact]
    public async Task A_previous_secret_is_valid_during_the_overlap_and_a_revoked_secret_is_refused_immediately()
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        var first = (await client.AddConductorAsync(Key)).Secret;
        var second = (await client.RotateConductorAsync(Key, TimeSpan.FromHours(1))).Secret;
        Assert.Equal((200, 200), (await Auth(server, second), await Auth(server, first)));

        // After a rotation without an overlap, both the first and the second secret are refused. The gateway does not know the third
        // secret, so it reads the credentials again.
        var third = (await client.RotateConductorAsync(Key)).Secret;
        Assert.Equal((200, 401, 401), (await Auth(server, third), await Auth(server, second), await Auth(server, first)));
        var listed = Assert.Single(await client.ListConductorsAsync(), conductor => conductor.Key != ConductorKey.Default);
        Assert.Equal((Key, null), (listed.Key, listed.PreviousUntil));
        Assert.True(listed.Rotated >= listed.Created);

        await client.RevokeConductorAsync(Key);
        Assert.Equal(401, await Auth(server, "a guess"));
        Assert.Equal(401, await Auth(server, third));
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

    [Fact]
    public async Task Version_3_accepts_both_secrets_during_the_overlap_of_a_rotation_and_none_after_the_revocation()
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        var first = (await client.AddConductorAsync(Key)).Secret;
        var second = (await client.RotateConductorAsync(Key, TimeSpan.FromHours(1))).Secret;
        Assert.Equal((200, 200), (await List(server, second), await List(server, first)));
        var third = (await client.RotateConductorAsync(Key)).Secret;
        Assert.Equal((200, 401, 401), (await List(server, third), await List(server, second), await List(server, first)));

        await client.RevokeConductorAsync(Key);
        Assert.Equal(401, await List(server, "a guess"));
        Assert.Equal(401, await List(server, third));
    }

    [Fact]
    public async Task A_key_with_a_colon_is_refused_because_HTTP_Basic_cannot_express_it()
    {
        await using var server = await GuardedServer.Start(_directory.Path);
        await using var client = await server.Connect();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.AddConductorAsync(ConductorKey.Parse("a:b")));
        Assert.Contains("the key 'a:b' contains a colon", refused.Message, StringComparison.Ordinal);
        Assert.Equal([ConductorKey.Default], (await client.ListConductorsAsync()).Select(conductor => conductor.Key));
    }

    private static async Task<int> List(GuardedServer server, string secret) =>
        (await server.Basic("added", secret).Get("/v3/deployables")).Status;

    private static async Task<int> Auth(GuardedServer server, string secret) => (await server.Signing("added", secret).Get("/auth")).Status;
}
