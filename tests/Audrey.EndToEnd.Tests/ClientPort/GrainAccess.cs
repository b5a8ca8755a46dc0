using System.Collections.Concurrent;
using System.Net;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Operations;
using Orleans.Runtime;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Sends the request of every method of every grain interface to the port, in the name of every caller.</summary>
/// <param name="port">The port.</param>
/// <param name="interfacesFor">Returns the interfaces, with the targets for the conductor with this key.</param>
/// <param name="manifest">The system target that every client may read.</param>
internal sealed class GrainAccess(int port, Func<string, IEnumerable<GrainInterface>> interfacesFor, GrainId manifest)
{
    private const int MaxConcurrentCalls = 8;

    /// <summary>Wrong proofs come from another address, because they slow the proofs of their source down.</summary>
    private static readonly IPAddress Here = IPAddress.Loopback, OfStrangers = IPAddress.Parse("127.0.0.9");

    private readonly ConcurrentDictionary<(string Interface, string Caller), bool> _reached = new();
    private readonly ConcurrentBag<string> _wrong = [];
    private List<(GrainInterface Interface, List<PortMessage> Methods)> _requests = [];
    private PortMessages _messages = null!;
    private PortMessage _listOfConductor = null!, _listOfServer = null!;

    /// <summary>Gets whether the messages to an interface are let through.</summary>
    public IReadOnlyDictionary<(string Interface, string Caller), bool> Reached => _reached;

    /// <summary>Gets what a caller reached that it may not reach.</summary>
    public IEnumerable<string> Wrong => _wrong;

    /// <summary>Gets the number of messages that were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Makes the requests.</summary>
    public async Task<IReadOnlyList<GrainInterface>> Make(PortMessages messages, string conductor)
    {
        _messages = messages;
        var (operations, credentials) = (GrainInterface.OperationsOf(conductor), GrainId.Create("credentials", GrainKeys.Credentials));
        _listOfConductor = await messages.Make(
            typeof(IConductorOperations), typeof(IConductorOperations).GetMethod(nameof(IConductorOperations.List))!, operations);
        _listOfServer = await messages.Make(
            typeof(ICredentialsGrain), typeof(ICredentialsGrain).GetMethod(nameof(ICredentialsGrain.List))!, credentials);
        foreach (var one in interfacesFor(conductor))
        {
            var methods = new List<PortMessage>();
            foreach (var method in one.Methods) methods.Add(await messages.Make(one.Type, method, one.Target));
            _requests.Add((one, methods));
        }

        return [.. _requests.Select(request => request.Interface)];
    }

    /// <summary>Sends all requests in the name of a caller.</summary>
    /// <param name="caller">The caller in the table.</param>
    /// <param name="key">The key of the conductor whose grain the caller calls.</param>
    /// <param name="credential">What the caller proves. Null if it sends no proof.</param>
    /// <param name="isAccepted">Whether the proof is accepted.</param>
    public async Task Send(string caller, string key, CallerCredential? credential, bool isAccepted)
    {
        var isServer = credential?.Kind == CallerKind.Server;
        var own = GrainInterface.OperationsOf(key);
        var cells = interfacesFor(key).Zip(_requests, (one, request) => (one.Name, one.Type, one.Target, request.Methods)).ToList();
        var sending = from cell in cells
                      from method in cell.Methods
                      from target in new[] { cell.Target, own, manifest }.Distinct()
                      select (cell, method, target);
        var allowed = isServer ? (_listOfServer, GrainId.Create("credentials", GrainKeys.Credentials)) : (_listOfConductor, own);
        await Parallel.ForEachAsync(sending, new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentCalls }, async (one, _) =>
        {
            var (cell, method, target) = one;
            var passed = isAccepted
                ? await LetsThrough($"{cell.Name} of {caller} at {target}", credential!, method, target, allowed)
                : await SendUnproven(credential, method, target);
            if (target == cell.Target)
            {
                if (_reached.GetOrAdd((cell.Name, caller), passed) != passed) _wrong.Add($"{caller}: some methods of {cell.Name}");
            }
            else if (passed && !MayReach(isServer, cell.Type, target == own))
            {
                _wrong.Add($"{caller}: {cell.Name} at {target}");
            }
        });
        Sent += sending.Count();
    }

    /// <summary>Returns whether a caller may call an interface at its own grain, or else at the list of grain types.</summary>
    private static bool MayReach(bool isServer, Type type, bool isOwn) => isOwn
        ? isServer || type == typeof(IConductorOperations)
        : type.Name == "IClusterManifestSystemTarget";

    private async Task<bool> LetsThrough(
        string name, CallerCredential credential, PortMessage message, GrainId target, (PortMessage Message, GrainId Target) allowed)
    {
        var client = Guid.NewGuid().ToString("N");
        using var connection = await PortConnection.Open(port, Here);
        await connection.Prove(credential);
        return await connection.LetsThrough(
            name, _messages.PreambleOf(client), message.With(client, target), allowed.Message.With(client, allowed.Target));
    }

    /// <summary>Returns whether more than the refusal of the connection comes back.</summary>
    private async Task<bool> SendUnproven(CallerCredential? credential, PortMessage message, GrainId target)
    {
        var client = Guid.NewGuid().ToString("N");
        using var connection = await PortConnection.Open(port, OfStrangers);
        if (credential is not null) await Assert.ThrowsAsync<ProofRefusedException>(() => connection.Prove(credential));
        var answer = await connection.SendAndEnd(_messages.PreambleOf(client), message.With(client, target));
        var refusal = credential is null && answer is [(byte)ProofRefusal.Malformed, var low, var high, ..] ? 3 + low + (high << 8) : 0;
        return answer.Length > refusal;
    }
}
