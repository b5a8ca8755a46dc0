using System.Text;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>A conductor rotates the secret of an instance, and the guest fetches the new secret from the server.</summary>
[Collection(ServerCollection.Name)]
public sealed class SecretRotationTests(ServerFixture server)
{
    private readonly string _uuid = NewId("rotated");
    private readonly string _deployable = NewId("deployable");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient OldGuest => Guest(SecretOf(_uuid));

    private string Path => $"/v3/deployables/{_deployable}/instances/{_uuid}/secret";

    [Fact]
    public async Task A_guest_fetches_its_new_secret_with_the_old_one_which_becomes_invalid_when_the_new_one_is_used()
    {
        await Register();
        await OldGuest.Give(1, ("port", 80));
        var before = await OldGuest.Configuration();
        Assert.False((await OldGuest.GetOwn("hello")).Headers.Contains(Version3Routes.NewSecretHeader));

        var issued = await Rotate("""{ "overlapSeconds": 3600 }""");
        Assert.Equal(_uuid, issued.Id);
        Assert.InRange(issued.PreviousUntil!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(60));
        var hello = await OldGuest.GetOwn("hello");
        Assert.Equal(["1"], hello.Headers.GetValues(Version3Routes.NewSecretHeader));
        var got = await OldGuest.GetOwn("secret");
        Assert.Equal(issued, BasicClient.Read(got, Version3Json.Default.CurrentSecret));
        Assert.Equal(200, (await OldGuest.GetOwn("secret")).Status);

        var guest = Guest(issued.Secret);
        var after = await guest.Configuration();
        Assert.Equal((before.Revision, before.Generation), (after.Revision, after.Generation));
        var answer = await guest.GetOwn("hello");
        Assert.False(answer.Headers.Contains(Version3Routes.NewSecretHeader));
        var read = BasicClient.Read(answer, Version3Json.Default.Hello);
        Assert.True(read is { Generation: 1, Provide: [{ Given: true }], ValuesRevision: 1 });
        await WaitUntilRefused(OldGuest);
        Assert.Equal(200, (await guest.GetOwn("hello")).Status);
        Assert.Null(BasicClient.Read(await guest.GetOwn("secret"), Version3Json.Default.CurrentSecret).PreviousUntil);
    }

    [Fact]
    public async Task If_there_is_no_overlap_the_old_secret_becomes_invalid_immediately()
    {
        await Register();
        Assert.Equal(200, (await OldGuest.GetOwn("hello")).Status);
        var issued = await Rotate("""{ "overlapSeconds": 0 }""");
        Assert.Null(issued.PreviousUntil);
        foreach (var resource in new[] { "hello", "secret", "configuration" }) Assert.Equal(401, (await OldGuest.GetOwn(resource)).Status);
        Assert.Equal(200, (await Guest(issued.Secret).GetOwn("hello")).Status);
    }

    [Fact]
    public async Task At_the_end_of_the_overlap_the_old_secret_becomes_invalid_even_if_the_new_one_was_not_used()
    {
        await Register();
        var issued = await Rotate("""{ "overlapSeconds": 1 }""");
        Assert.Equal(200, (await OldGuest.GetOwn("hello")).Status);
        await WaitUntilRefused(OldGuest);
        Assert.True(TimeProvider.System.GetUtcNow() >= issued.PreviousUntil);
        Assert.Equal(200, (await Guest(issued.Secret).GetOwn("hello")).Status);
    }

    [Fact]
    public async Task A_repeated_rotation_returns_the_same_secret_and_after_a_second_one_the_guest_can_still_use_its_secret()
    {
        await Register();
        var first = await Rotate("{}", "first");
        Assert.Equal(first, await Rotate("{}", "first"));
        var second = await Rotate("{}", "second");
        Assert.NotEqual(first.Secret, second.Secret);
        Assert.Equal(401, (await Guest(first.Secret).GetOwn("hello")).Status);
        Assert.Equal(["2"], (await OldGuest.GetOwn("hello")).Headers.GetValues(Version3Routes.NewSecretHeader));
        Assert.Equal(200, (await Guest(second.Secret).GetOwn("hello")).Status);
        await WaitUntilRefused(OldGuest);
    }

    [Fact]
    public async Task During_the_overlap_guests_of_versions_0_to_2_can_sign_with_either_secret()
    {
        await Register();
        var old = server.Guest(_uuid);
        Assert.Equal(200, (await old.Get($"/configs/2/{_uuid}")).Status);
        var issued = await Rotate("{}");
        Assert.Equal(200, (await old.Get($"/configs/2/{_uuid}")).Status);
        Assert.Equal(200, (await old.Get("/auth")).Status);
        var guest = server.Server.Client(_uuid, issued.Secret);
        Assert.Equal(200, (await guest.Put($"/params/2/{_uuid}", "|port&ODA=|")).Status);
        await Deadlines.Until(async () => (await old.Get($"/configs/2/{_uuid}")).Status != 200, "the refusal of the old secret");
        Assert.Equal(401, (await old.Get("/auth")).Status);
        Assert.Equal(200, (await guest.Get($"/configs/2/{_uuid}")).Status);
    }

    [Fact]
    public async Task After_a_replacement_or_a_registration_both_secrets_are_invalid()
    {
        await Register();
        var issued = await Rotate("{}");
        var path = $"/v3/deployables/{_deployable}/instances/{_uuid}";
        Assert.Equal(204, (await Conductor.Put(path, """{ "secret": "a-third-secret-0123" }""")).Status);
        foreach (var guest in new[] { OldGuest, Guest(issued.Secret) }) Assert.Equal(401, (await guest.GetOwn("hello")).Status);
        Assert.Equal(200, (await Guest("a-third-secret-0123").GetOwn("hello")).Status);

        await Rotate("{}");
        await Register();
        Assert.Equal(401, (await Guest("a-third-secret-0123").GetOwn("hello")).Status);
        Assert.Equal(200, (await OldGuest.GetOwn("hello")).Status);
    }

    [Fact]
    public async Task If_a_group_is_scaled_up_a_member_whose_secret_was_rotated_keeps_its_secret()
    {
        var group = NewId("group");
        var body = $$"""
            {
              "name": "n",
              "instances": [ { "id": "{{group}}-0", "assembly": "web", "ordinal": 0, "secret": "0123456789abcdef", "services": [] } ]
            }
            """;
        Assert.Equal(200, (await Conductor.Put($"/v3/deployables/{group}", body)).Status);
        var issued = await Rotate("""{ "overlapSeconds": 0 }""", path: $"/v3/deployables/{group}/instances/{group}-0/secret");
        Assert.Equal(202, (await Conductor.Put($"/v3/deployables/{group}/groups/web", """{ "size": 2 }""")).Status);
        while ((await Conductor.Get($"/v3/deployables/{group}/groups/web")).Text.Contains("unfinished", StringComparison.Ordinal))
            await Task.Yield();
        Assert.Equal(200, (await server.Server.Basic($"{group}-0", issued.Secret).GetOwn("hello")).Status);
    }

    [Fact]
    public async Task Only_an_operator_of_the_conductor_can_rotate_and_the_problem_for_wrong_input_contains_the_location()
    {
        await Register();
        var other = server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);
        BasicClient.Problem(await Send(other, "{}"), 404);
        BasicClient.Problem(await Send(OldGuest, "{}"), 401);
        BasicClient.Problem(await Send(Conductor, "{}", path: $"/v3/deployables/other/instances/{_uuid}/secret"), 404);
        var fault = Assert.Single(BasicClient.Problem(await Send(Conductor, """{ "overlapSeconds": 2592001 }"""), 400).Errors!);
        Assert.Equal("/overlapSeconds", fault.Pointer);
        Assert.Equal(200, (await OldGuest.GetOwn("hello")).Status);
    }

    private static async Task WaitUntilRefused(BasicClient guest)
    {
        await Deadlines.Until(async () => (await guest.GetOwn("hello")).Status != 200, "the refusal of the old secret");
        Assert.Equal(401, (await guest.GetOwn("hello")).Status);
    }

    private Task Register() => server.Register(_uuid, Provides("port"), _deployable);

    private BasicClient Guest(string secret) => server.Server.Basic(_uuid, secret);

    private async Task<CurrentSecret> Rotate(string body, string? key = null, string? path = null) =>
        BasicClient.Read(await Send(Conductor, body, key, path), Version3Json.Default.CurrentSecret);

    private Task<Answer> Send(BasicClient sender, string body, string? key = null, string? path = null) => sender.Send(
        HttpMethod.Post,
        path ?? Path,
        new StringContent(body, Encoding.UTF8, "application/json"),
        idempotencyKey: key is null ? null : $"{_uuid} {key}");
}
