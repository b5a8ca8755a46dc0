using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;
using static Audrey.EndToEnd.Tests.Support.Operations;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>An administrator hands a deployable to another conductor.</summary>
[Collection(ServerCollection.Name)]
public sealed class OwnerTests(ServerFixture server)
{
    private readonly string _id = NewId("shop");
    private readonly string _web = NewId("web");

    // The first conductor in the settings is the administrator.
    private BasicClient Administrator => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    [Fact]
    public async Task The_old_owner_gets_404_and_the_new_one_everything()
    {
        await server.Register(_web, "", _id);
        var guest = server.Server.Basic(_web, SecretOf(_web));
        Assert.Equal(200, (await guest.GetOwn("hello")).Status);
        Assert.Equal(RunningServer.ConductorKey, (await Owner()).Conductor);

        var began = TimeProvider.System.GetUtcNow();
        await HandOver(RunningServer.OtherConductorKey);

        foreach (var path in new[] { $"/v3/deployables/{_id}", $"/v3/deployables/{_id}/events", $"/v3/instances/{_web}/report" })
        {
            Assert.Equal(404, (await Administrator.Get(path)).Status);
            Assert.Equal(200, (await Other.Get(path)).Status);
        }

        Assert.Equal(200, (await guest.GetOwn("hello")).Status);
        Assert.DoesNotContain(_id, (await Administrator.Get("/v3/deployables")).Text, StringComparison.Ordinal);
        Assert.Contains(_id, (await Other.Get("/v3/deployables")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await server.Server.Conductor.Get($"/reports/2/instance/{_web}")).Status);
        Assert.Equal(200, (await server.Server.OtherConductor.Get($"/reports/2/instance/{_web}")).Status);
        var audit = await Administrator.Get($"/v3/audit?from={Uri.EscapeDataString($"{began:O}")}");
        Assert.Contains($"to {RunningServer.OtherConductorKey}", audit.Text, StringComparison.Ordinal);
        await Other.DeleteToTheEnd(_id);
    }

    [Fact]
    public async Task The_client_library_hands_over_and_back()
    {
        await server.Register(_web, "", _id);
        await using var client = await server.Server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var (id, other) = (DeployableId.Parse(_id), ConductorKey.Parse(RunningServer.OtherConductorKey));
        await client.HandOverDeployableAsync(id, other);
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetDeployableStatusAsync(id));
        await client.HandOverDeployableAsync(id, other);
        await client.HandOverDeployableAsync(id, client.Conductor);
        Assert.Single((await client.GetDeployableStatusAsync(id)).Instances);

        await Assert.ThrowsAsync<NotFoundException>(() => client.HandOverDeployableAsync(DeployableId.Parse(NewId("none")), other));
        var nobody = ConductorKey.Parse(NewId("nobody"));
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => client.HandOverDeployableAsync(id, nobody));
        Assert.Equal($"no credential acts for conductor '{nobody}'; add one first, or correct the key", refusal.Problems.Single().Message);
    }

    [Fact]
    public async Task What_cannot_be_handed_over_is_refused_with_the_reason()
    {
        var path = $"/v3/deployables/{_id}/owner";
        var body = $$"""{"conductor":"{{RunningServer.OtherConductorKey}}"}""";
        BasicClient.Problem(await Administrator.Put(path, body), 404);
        BasicClient.Problem(await Administrator.Get(path), 404);
        Assert.Equal(ProblemTypes.RoleRequired, BasicClient.Problem(await Other.Put(path, body), 403).Type);
        Assert.Equal(ProblemTypes.RoleRequired, BasicClient.Problem(await Other.Get(path), 403).Type);

        Assert.Equal(
            200, (await Administrator.Put($"/v3/deployables/{_id}/launches/{NewDigest()}", """{"name":"x","instances":1}""")).Status);
        Assert.Equal(ProblemTypes.BeingRegistered, BasicClient.Problem(await Administrator.Put(path, body), 409).Type);
        foreach (var wrong in new[] { "{}", """{"conductor":""}""", $$"""{"conductor":"{{NewId("nobody")}}"}""" })
            Assert.Equal("/conductor", BasicClient.Problem(await Administrator.Put(path, wrong), 400).Errors!.Single().Pointer);
    }

    private async Task<OwnerState> Owner() =>
        BasicClient.Read(await Administrator.Get($"/v3/deployables/{_id}/owner"), Version3Json.Default.OwnerState);

    private async Task HandOver(string to)
    {
        var begun = await Administrator.Put($"/v3/deployables/{_id}/owner", $$"""{"conductor":"{{to}}"}""");
        Assert.True(begun.Status == 202, begun.Text);
        await Task.Run(async () =>
        {
            while ((await Owner()).State != OwnerStates.Finished)
            {
            }
        }).Within("the end of the hand-over");
        Assert.Equal(to, (await Owner()).Conductor);
    }
}
