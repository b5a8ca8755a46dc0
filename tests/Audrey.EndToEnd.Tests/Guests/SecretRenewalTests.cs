using System.Text;
using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

/// <summary>The guest program fetches its new secret from the server.</summary>
[Collection(ServerCollection.Name)]
public sealed class SecretRenewalTests(ServerFixture server)
{
    private readonly string _uuid = NewId("renewed");
    private readonly string _deployable = NewId("deployable");

    private string Provider => $"{_uuid}-db";

    [Fact]
    public async Task A_guest_that_keeps_running_stores_and_uses_its_new_secret_and_still_uses_it_after_a_restart()
    {
        await Register();
        using var guest = new GuestProcess(server.Server.Endpoint, _uuid, SecretOf(_uuid));
        var run = guest.Run("--stay", "--deadline", "60");
        await WaitFor(run, async () => (await Client(SecretOf(_uuid)).Hello()).Services is [{ State: "succeeded" }]);
        var secret = await Rotate();

        // The guest is told of the new secret in the answer to its next request. The changed value makes it send that request.
        await server.Server.Basic(Provider, SecretOf(Provider)).Give(2, ("port", 2));
        await WaitFor(run, async () => (await Client(SecretOf(_uuid)).GetOwn("hello")).Status == 401);
        await WaitFor(run, async () => (await Client(secret).Hello()).Services is [{ State: "succeeded", Run: 2 }]);

        var file = Path.Combine(guest.StateDirectory, "secret.json");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(secret, JsonNode.Parse(await File.ReadAllTextAsync(file))!["secret"]!.GetValue<string>());
        await guest.Terminate();
        var end = await run.Within("the end of a terminated guest");
        Assert.DoesNotContain(secret, end.Log + end.Output, StringComparison.Ordinal);

        // The user data still contains the old secret.
        var again = await guest.Run("--deadline", "60");
        Assert.True(again.ExitCode == 0, again.Log);
        Assert.Equal(2, Assert.Single((await Client(secret).Hello()).Services).Run);
    }

    [Fact]
    public async Task If_its_instance_is_registered_again_a_guest_uses_the_secret_in_its_user_data_again()
    {
        await Register();
        using var guest = new GuestProcess(server.Server.Endpoint, _uuid, SecretOf(_uuid));
        await Rotate();
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);
        Assert.True(File.Exists(Path.Combine(guest.StateDirectory, "secret.json")));
        Assert.Equal(401, (await Client(SecretOf(_uuid)).GetOwn("hello")).Status);

        await RegisterInstance();
        var end = await guest.Run("--deadline", "60");

        Assert.True(end.ExitCode == 0, end.Log);
        Assert.False(File.Exists(Path.Combine(guest.StateDirectory, "secret.json")));
        Assert.Equal("succeeded", Assert.Single((await Client(SecretOf(_uuid)).Hello()).Services).State);
    }

    [Fact]
    public async Task A_damaged_file_of_the_stored_secret_is_not_used()
    {
        await Register();
        using var guest = new GuestProcess(server.Server.Endpoint, _uuid, SecretOf(_uuid));
        Assert.Equal(0, (await guest.Run("--deadline", "60")).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(guest.StateDirectory, "secret.json"), "{");

        var end = await guest.Run("--deadline", "60");

        Assert.True(end.ExitCode == 0, end.Log);
        Assert.Contains("The stored secret is damaged", end.Log, StringComparison.Ordinal);
    }

    private static Task WaitFor(Task<(int ExitCode, string Output, string Log)> run, Func<Task<bool>> condition) => Deadlines.Until(
        async () =>
        {
            if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
            return await condition();
        },
        "the expected state of the guest");

    private async Task Register()
    {
        await server.Register(Provider, Provides("port"), _deployable);
        await server.Server.Basic(Provider, SecretOf(Provider)).Give(1, ("port", 1));
        await RegisterInstance();
    }

    private Task RegisterInstance() =>
        server.Register(_uuid, Services(Service("s", Refers("port", Provider, "port"))), _deployable);

    private BasicClient Client(string secret) => server.Server.Basic(_uuid, secret);

    private async Task<string> Rotate()
    {
        var answer = await server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret).Send(
            HttpMethod.Post,
            $"/v3/deployables/{_deployable}/instances/{_uuid}/secret",
            new StringContent("{}", Encoding.UTF8, "application/json"));
        return BasicClient.Read(answer, Version3Json.Default.CurrentSecret).Secret;
    }
}
