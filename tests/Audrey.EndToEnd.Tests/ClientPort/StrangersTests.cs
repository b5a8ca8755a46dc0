using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Connections;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Orleans;
using static Audrey.EndToEnd.Tests.ClientPort.PortServers;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Clients without a valid proof connect to the ports of real silos, and send messages that the test has changed.</summary>
[Collection(ProcessTests.Name)]
public sealed class StrangersTests
{
    private const string Added = "added-by-the-gateway", Evil = "added-by-a-stranger1";

    public static TheoryData<bool, bool> Servers => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_caller_without_a_valid_proof_reaches_no_grain(bool onPostgreSql, bool ownGateway)
    {
        await using var servers = await Start(onPostgreSql, ownGateway);
        var revoked = await servers.Add("revoked", ConductorRole.Administrator);
        await servers.Revoke("revoked");

        // A client that proves nothing, and clients with every kind of wrong proof, are refused.
        await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(servers.Port, null));
        CallerCredential[] wrong =
        [
            Conductor("nobody-has-this-key", "a secret"),
            Conductor(RunningServer.ConductorKey, "a wrong secret"),
            Conductor(RunningServer.ConductorKey, RunningServer.OtherConductorSecret),
            Conductor("revoked", revoked),
            new(CallerKind.Server, "audrey", RunningServer.ConductorSecret),
            new(CallerKind.Server, "another cluster", File.ReadAllText(servers.SecretFile)),
        ];
        foreach (var credential in wrong)
        {
            var before = servers.Refused;
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => RawClient.Connect(servers.Port, credential));
            Assert.Equal(ProofRefusal.Unproven, ProofRefusedException.In(refused)?.Reason);
            Assert.True(servers.Refused > before, "a refusal must be counted");
        }

        // The bytes of a server that adds a credential are captured. They are sent again, first without a proof and then with the proof of
        // a conductor.
        var captured = new Captured();
        await using (var server = await RawClient.Connect(servers.Port, servers.ServerCredential, captured.Take))
        {
            var credentials = server.Grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);
            Assert.NotNull((await credentials.Add(ConductorKey.Parse(Added), ConductorRole.Administrator, null, NewMark())).Secret);
        }

        byte[][] messages = [.. captured.Messages.Select(message => Captured.ReplaceText(message, Added, Evil))];
        Assert.Equal((byte)ProofRefusal.Malformed, (await Captured.Send(servers.Port, null, captured.Preamble))[0]);
        Assert.Equal((byte)ProofRefusal.Malformed, (await Captured.Send(servers.Port, null, [captured.Preamble, .. messages]))[0]);
        var administrator = Conductor(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var answer = await Captured.Send(servers.Port, administrator, [captured.Preamble, .. messages]);
        Assert.DoesNotContain(Evil, System.Text.Encoding.Latin1.GetString(answer), StringComparison.Ordinal);

        await using var client = await servers.Silo.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        Assert.Equal([Added], (await client.ListConductorsAsync()).Select(conductor => conductor.Key.Value));

        // With the proof of a server, the same bytes do add a credential. Therefore the test would notice if they had done so before.
        await Captured.Send(servers.Port, servers.ServerCredential, [captured.Preamble, .. messages]);
        Assert.Equal([Added, Evil], (await client.ListConductorsAsync()).Select(conductor => conductor.Key.Value));
        Assert.Equal(200, (await servers.Gateway.Conductor.Get("/auth")).Status);
    }
}
