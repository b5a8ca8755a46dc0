using System.Collections.Immutable;
using Audrey.Bus.Qmf;
using Audrey.Core.Facts;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Bus;

/// <summary>The outcome of a message that was passed to its instance.</summary>
/// <param name="IsAccepted">Whether the instance has recorded what the message says, or has known it.</param>
/// <param name="Reason">The reason why the message is refused, for the sender. Null if it is accepted.</param>
/// <param name="IsStranger">Whether the sender's credential is no longer that of the instance.</param>
internal readonly record struct BridgeResult(bool IsAccepted, string? Reason, bool IsStranger = false)
{
    public static BridgeResult Accepted => new(true, null);

    public static BridgeResult Refuse(string reason) => new(false, reason);
}

/// <summary>
/// Passes what an agent says to the grain of its instance: heartbeats, and objects as reports of facts. A message is accepted only after
/// the grain has answered for each of its parts, so the sender can send it again after any failure.
/// </summary>
internal sealed partial class BusBridge(GrainCalls calls, TimeProvider time, ILogger<BusBridge> log)
{
    /// <summary>The property that has the reasons for values that are not known.</summary>
    private const string Unknown = "unknown";

    private const string OfInstances = "audrey:guest:";

    /// <summary>Passes a message. Messages that are not for the server are accepted and ignored.</summary>
    /// <param name="message">The message.</param>
    /// <param name="instance">The instance that the sender is.</param>
    /// <param name="isProven">Whether the sender has given the secret of the credential. Otherwise a broker has checked its name.</param>
    /// <exception cref="ClusterUnavailableException">The cluster did not answer.</exception>
    public async ValueTask<BridgeResult> Pass(QmfMessage message, GuestCredential instance, bool isProven)
    {
        long? generation = isProven ? instance.Generation : null;
        try
        {
            switch (message.Opcode)
            {
                case QmfOpcodes.Heartbeat:
                    var agent = AgentDescription.Read(message);
                    if (FindFalseName(agent.Name.ToString(), message) is { } falseName) return falseName;
                    // Nobody can say when such an agent is silent.
                    if (agent.HeartbeatInterval <= TimeSpan.Zero) return BridgeResult.Accepted;
                    return ResultOf(await calls.Run(
                        (instance.Grain, generation, agent),
                        static on => new ValueTask<FactAnswer>(
                            on.Grain.ObserveHeartbeat(on.generation, on.agent.Name.ToString(), on.agent.HeartbeatInterval))));
                case QmfOpcodes.DataIndication or QmfOpcodes.QueryResponse when message.Content is "_data" or "":
                    foreach (var data in QmfObject.ReadAll(message))
                    {
                        if (data.Severity is not null) continue;
                        var result = await Pass(data, message, instance, generation);
                        if (!result.IsAccepted) return result;
                    }

                    return BridgeResult.Accepted;
                default:
                    return BridgeResult.Accepted;
            }
        }
        catch (QmfFormatException malformed)
        {
            return BridgeResult.Refuse(malformed.Message);
        }
    }

    /// <summary>Returns whether an agent of this name may speak for an instance: a guest of another instance may not.</summary>
    public static bool MaySpeak(string agent, string instance) =>
        !agent.StartsWith(OfInstances, StringComparison.Ordinal) || agent.AsSpan(OfInstances.Length).SequenceEqual(instance);

    /// <summary>Refuses a message that names the agent of another instance than its user.</summary>
    private static BridgeResult? FindFalseName(string agent, QmfMessage message) => message.UserId is { } user && MaySpeak(agent, user)
        ? null
        : BridgeResult.Refuse($"The instance {message.UserId} may not send messages of the agent {agent}.");

    private async ValueTask<BridgeResult> Pass(QmfObject data, QmfMessage message, GuestCredential instance, long? generation)
    {
        if ((data.Schema?.Class ?? data.Id?.Name) is not { Length: > 0 } type)
            return BridgeResult.Refuse("An object has neither a class nor a name.");
        var agent = data.Id?.Agent is { Length: > 0 } named ? named : message.Agent;
        if (FindFalseName(agent, message) is { } falseName) return falseName;
        if (agent.Length == 0) return BridgeResult.Refuse($"An object of the class {type} has no agent.");
        var report = new FactReport
        {
            // An agent can have several objects of one class.
            Agent = data.Id?.Name is { Length: > 0 } name && name != type ? $"{agent} {name}" : agent,
            Class = type,
            At = data.UpdatedTime ?? time.GetUtcNow(),
            Facts = data.DeletedAt > 0 ? [] : FactsOf(data.Values),
        };
        return ResultOf(await calls.Run(
            (instance.Grain, generation, report),
            static on => new ValueTask<FactAnswer>(on.Grain.ObserveFacts(on.generation, on.report))));
    }

    private static ImmutableArray<ReportedFact> FactsOf(IReadOnlyDictionary<string, object?> values)
    {
        var facts = ImmutableArray.CreateBuilder<ReportedFact>(values.Count);
        foreach (var (name, value) in values)
            if (name != Unknown && value is not null) facts.Add(new(name, QmfJson.Write(value)));
        if (values.GetValueOrDefault(Unknown) is IReadOnlyDictionary<string, object?> reasons)
            foreach (var (name, reason) in reasons) facts.Add(new(name, null, reason as string ?? ""));
        return facts.ToImmutable();
    }

    private BridgeResult ResultOf(FactAnswer answer)
    {
        if (!answer.Problems.IsEmpty) LogProblems(string.Join("; ", answer.Problems));
        return answer.Outcome switch
        {
            FactOutcome.Recorded or FactOutcome.Unchanged => BridgeResult.Accepted,
            FactOutcome.NotRegistered => new(false, "The instance is not registered.", IsStranger: true),
            FactOutcome.OtherGeneration => new(false, "The instance was registered again, with another secret.", IsStranger: true),
            _ => BridgeResult.Refuse(string.Join("; ", answer.Problems)),
        };
    }

    [LoggerMessage(LogLevel.Debug, "Facts of an agent were not used: {Problems}")]
    private partial void LogProblems(string problems);
}
