using System.Net;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Operations;
using Audrey.Client;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using static Audrey.EndToEnd.Tests.ClientPort.PortServers;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>The port for clients adds the addresses of commands, and the sums of refused connections, to the audit trail.</summary>
[Collection(ProcessTests.Name)]
public sealed class PortAuditTests
{
    private const string Here = "127.0.0.1";

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task The_entry_of_a_command_has_the_address_of_its_connection(bool onPostgreSql, bool ownGateway)
    {
        await using var servers = await Start(onPostgreSql, ownGateway);
        await using var client = await servers.Silo.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        await client.RegisterDeployableAsync(LibraryCall.Instances(DeployableId.Parse("shop")));
        await client.ScaleAsync(DeployableId.Parse("shop"), "web", 3);
        await client.DeleteDeployableAsync(DeployableId.Parse("shop"));
        await client.AddConductorAsync(ConductorKey.Parse("kim"));

        Assert.Equal(
            [
                ("begin-launch", "shop", Here), ("seal-launch", "shop", Here), ("scale-group", "shop", Here),
                ("delete-deployable", "shop", Here), ("add-conductor", null, Here),
            ],
            (await Read(client)).Select(entry => (entry.Action, entry.Target.Deployable, entry.Address)));
    }

    [Fact]
    public async Task What_the_port_refuses_is_summed_and_only_a_verified_caller_is_named()
    {
        await using var servers = await Start(onPostgreSql: false, ownGateway: false);
        var viewer = await servers.Add("viewer", ConductorRole.Viewer, "shop");
        var revoked = await servers.Add("gone", ConductorRole.Viewer);
        await servers.Revoke("gone");

        // No proof, an unknown key, a wrong secret, a revoked credential.
        await Captured.Send(servers.Port, null, new byte[64]);
        foreach (var credential in new[] { Conductor("unknown", "x"), Conductor("viewer", "wrong"), Conductor("gone", revoked) })
            await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(servers.Port, credential));

        // The role of a viewer permits neither changes nor administration.
        await using (var client = await servers.Silo.Connect("viewer", viewer))
        {
            await Assert.ThrowsAsync<NotPermittedException>(() => client.DeleteDeployableAsync(DeployableId.Parse("shop")));
            await Assert.ThrowsAsync<NotPermittedException>(() => client.ListConductorsAsync());
        }

        // A message to another grain.
        await using (var raw = await RawClient.Connect(servers.Port, Conductor("viewer", viewer)))
        {
            var other = raw.Grains.GetGrain<IConductorOperations>(GrainKeys.Of(ConductorKey.Parse("shop")));
            await Assert.ThrowsAnyAsync<Exception>(() => other.List(0));
        }

        Assert.Equal(
            [("forbidden", Here, "viewer", "shop", 3L), ("not-authorized", Here, null, null, 4L)],
            await RefusalsOf(servers));
    }

    [Fact]
    public async Task Many_strangers_add_a_bounded_number_of_entries()
    {
        const int Strangers = 200;
        await using var servers = await Start(onPostgreSql: false, ownGateway: false);
        foreach (var last in Enumerable.Range(1, Strangers))
        {
            using var stranger = await PortConnection.Open(servers.Port, new IPAddress([127, 0, 1, (byte)last]));
            await stranger.Output.WriteAsync(new byte[64]);
            await stranger.Input.CopyToAsync(Stream.Null).Within("the end of a refused connection");
        }

        // The strangers can come in two different minutes.
        var sums = await RefusalsOf(servers);
        Assert.InRange(sums.Count, 1, 2 * RefusalSums.MaxSources);
        Assert.Equal(Strangers, sums.Sum(sum => sum.Count));
        Assert.Contains(sums, sum => sum.Address == RefusalSums.Others);
    }

    /// <summary>Returns the sums of all minutes.</summary>
    private static async Task<List<(string? Outcome, string Address, string? Credential, string? Conductor, long Count)>> RefusalsOf(
        PortServers servers)
    {
        await servers.Silo.Services.GetRequiredService<RefusalSums>().Flush();
        await using var administrator = await servers.Silo.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        return
        [
            .. from entry in await Read(administrator)
               where entry.Action == AuditActions.RefusedRequests
               group entry by (entry.Outcome, entry.Address, entry.Credential?.Value, entry.Conductor?.Value) into sum
               orderby sum.Key.Outcome
               select (sum.Key.Outcome, sum.Key.Address, sum.Key.Item3, sum.Key.Item4, sum.Sum(entry => entry.Count)),
        ];
    }

    private static async Task<List<AuditEntry>> Read(AudreyClient administrator)
    {
        var (entries, after) = (new List<AuditEntry>(), (string?)null);
        while (true)
        {
            var page = await administrator.GetAuditAsync(after: after);
            entries.AddRange(page.Entries);
            if (!page.HasMore) return entries;
            after = page.Next;
        }
    }
}
