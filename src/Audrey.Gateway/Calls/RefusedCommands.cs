using System.Collections.Concurrent;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Calls;

/// <summary>
/// Makes the cluster remember signed commands that were refused before they reached the instance or the deployable. So such a command is
/// not carried out when it is sent again. See decision 0003.
/// </summary>
internal sealed class RefusedCommands(IGrainFactory grains, GrainCalls calls, TimeProvider time, IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<ConductorKey, UnansweredCommands> _unanswered = [];

    /// <summary>Makes the refusal of a command durable. Does nothing for a request that is not a command.</summary>
    /// <returns>Whether the command was carried out before.</returns>
    /// <exception cref="ClusterUnavailableException">The refusal could not be stored.</exception>
    public async ValueTask<bool> Remember(HttpContext http, ConductorCommand command)
    {
        if (!IsCommand(http)) return false;
        var values = http.Request.RouteValues;
        if (values["uuid"] is string uuid && InstanceId.TryParse(uuid, out var instance, out _))
        {
            var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(instance));
            return (await calls.Command(() => grain.Refuse(command))).Outcome == ConductorOutcome.Done;
        }

        if (values["deployable"] is string id && DeployableId.TryParse(id, out var deployable, out _))
        {
            var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(deployable));
            return (await calls.Command(() => grain.Refuse(command))).Outcome == ConductorOutcome.Done;
        }

        return false;
    }

    /// <summary>
    /// Notes a command that was answered 503. It is unknown whether it was carried out, and the cluster cannot store it now.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="command">The command.</param>
    /// <param name="audited">The command in the audit trail. Null if it was not to be carried out.</param>
    public void AddUnanswered(HttpContext http, ConductorCommand command, AuditedCommand? audited)
    {
        if (command.Mark is not { } mark || !IsCommand(http)) return;
        var until = time.GetUtcNow() + 2 * options.Value.MaxConductorClockSkew;
        _unanswered.GetOrAdd(command.Conductor, static _ => new()).Add(mark, until, audited);
    }

    /// <summary>Returns whether the same command was answered 503 by this server before, and finds it in the audit trail.</summary>
    public bool TryGetUnanswered(ConductorCommand command, out AuditedCommand? audited)
    {
        audited = null;
        return command.Mark is { } mark && _unanswered.TryGetValue(command.Conductor, out var unanswered)
            && unanswered.TryGet(mark, time.GetUtcNow(), out audited);
    }

    private static bool IsCommand(HttpContext http) => !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);

    /// <summary>The commands of one conductor that were answered 503. Beyond the maximum, the oldest ones are forgotten.</summary>
    private sealed class UnansweredCommands
    {
        private const int Max = 4096;

        private readonly Lock _lock = new();
        private readonly Queue<(RequestMark Mark, DateTimeOffset Until)> _oldestFirst = [];
        private readonly Dictionary<RequestMark, AuditedCommand?> _marks = [];

        public void Add(RequestMark mark, DateTimeOffset until, AuditedCommand? audited)
        {
            lock (_lock)
            {
                if (_oldestFirst.Count == Max) _marks.Remove(_oldestFirst.Dequeue().Mark);
                if (_marks.TryAdd(mark, audited)) _oldestFirst.Enqueue((mark, until));
            }
        }

        public bool TryGet(RequestMark mark, DateTimeOffset now, out AuditedCommand? audited)
        {
            lock (_lock)
            {
                while (_oldestFirst.TryPeek(out var oldest) && oldest.Until < now) _marks.Remove(_oldestFirst.Dequeue().Mark);
                return _marks.TryGetValue(mark, out audited);
            }
        }
    }
}
