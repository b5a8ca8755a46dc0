using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Scales groups. The servers carry a scaling out; this class waits for it and reads its result page by page.</summary>
internal sealed class GatewayGroups(GatewayCalls calls)
{
    /// <summary>
    /// Changes the size of a group. A repeated call continues the scaling. If the scaling is finished, the call returns its result again,
    /// with the secrets.
    /// </summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable, or the deployable has no such group.</exception>
    /// <exception cref="RefusedException">The group cannot have this size, or the deployable is being launched or deleted.</exception>
    public Task<ScaleResult> ScaleAsync(
        DeployableId id,
        string assembly,
        int count,
        double? deadlineSeconds,
        LeaveNotice notice,
        CancellationToken cancellationToken)
    {
        var change = new GroupRequest { Size = count, DeadlineSeconds = deadlineSeconds, NoticeSeconds = notice.Seconds };
        return ChangeAsync(id, assembly, change, notice, cancellationToken);
    }

    /// <summary>Removes members of a group by their UUIDs or labels. A repeated call has the same result.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable, or the deployable has no such group.</exception>
    /// <exception cref="RefusedException">The deployable is being launched or deleted.</exception>
    public Task<ScaleResult> RemoveAsync(
        DeployableId id, string assembly, IReadOnlyList<string> members, LeaveNotice notice, CancellationToken cancellationToken) =>
        ChangeAsync(id, assembly, new GroupRequest { Remove = members, NoticeSeconds = notice.Seconds }, notice, cancellationToken);

    private async Task<ScaleResult> ChangeAsync(
        DeployableId id, string assembly, GroupRequest change, LeaveNotice notice, CancellationToken cancellationToken)
    {
        var what = $"scaling group '{assembly}' of deployable '{id}'";
        var path = GatewayRequest.PathOf(Version3Routes.Group, id.Value, assembly);
        var begin = new GatewayRequest(HttpMethod.Put, path, what) { PassingProblem = ProblemTypes.BeingScaled }
            .With(change, Version3Json.Default.GroupRequest);
        var answer = await calls.SendAsync(begin, cancellationToken);
        if (answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.NotYours))
            throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
        if (answer.Problem is { } problem)
            throw GatewayProblems.Refused($"Group '{assembly}' of deployable '{id}' was not scaled", problem);

        var state = answer.Read(Version3Json.Default.GroupState);
        var progress = new GatewayRequest(HttpMethod.Get, path, what);
        await new GatewayWait(calls).UntilAsync(
            async () =>
            {
                if (state.State != GroupStates.Unfinished) return true;
                state = RequireScaling(id, await calls.SendAsync(progress, cancellationToken)).Require(progress)
                    .Read(Version3Json.Default.GroupState);
                if (state is { State: GroupStates.Unfinished, LeaveBy: { } leaveBy }) notice.Show(leaveBy);
                return state.State != GroupStates.Unfinished;
            },
            cancellationToken);
        if (state is { State: GroupStates.Refused, Quota: { } quota })
            throw GatewayProblems.Exceeded(state.Detail ?? quota, quota, state.Limit, state.Present);
        if (state.State == GroupStates.Refused)
            throw new NotFoundException($"Group '{assembly}' of deployable '{id}' was not scaled: {state.Detail}.");
        if (change.Size is { } size && state.Size != size) throw Superseded(id);
        var removed = await PagesAsync(
            GatewayRequest.PathOf(Version3Routes.GroupRemoved, id.Value, assembly),
            Version3Json.Default.RemovedPage,
            page => (page.Removed.Zip(page.Labels ?? page.Removed), page.Next));
        return new ScaleResult
        {
            Added = await PagesAsync(
                GatewayRequest.PathOf(Version3Routes.GroupAdded, id.Value, assembly),
                Version3Json.Default.AddedPage,
                page => (page.Added.Select(Instance), page.Next)),
            Removed = [.. removed.Select(instance => InstanceId.Parse(instance.First))],
            RemovedLabels = [.. removed.Select(instance => instance.Second)],
        };

        async Task<ImmutableArray<T>> PagesAsync<TPage, T>(
            string pages, JsonTypeInfo<TPage> type, Func<TPage, (IEnumerable<T> Items, string? Next)> contentOf)
        {
            var all = ImmutableArray.CreateBuilder<T>();
            string? after = null;
            do
            {
                var request = new GatewayRequest(HttpMethod.Get, GatewayRequest.PageOf(pages, after), what);
                var page = RequireScaling(id, await calls.SendAsync(request, cancellationToken)).Require(request);
                (var items, after) = contentOf(page.Read(type));
                all.AddRange(items);
            }
            while (after is not null);
            return all.ToImmutable();
        }
    }

    private static AddedInstance Instance(NewInstance added) => new()
    {
        Id = InstanceId.Parse(added.Id),
        Secret = added.Secret,
        Assembly = added.Assembly,
        Ordinal = added.Ordinal,
    };

    private static GatewayAnswer RequireScaling(DeployableId id, GatewayAnswer answer) =>
        answer.Is(ProblemTypes.NotFound) || answer.Is(ProblemTypes.BeingScaled) ? throw Superseded(id) : answer;

    private static AudreyException Superseded(DeployableId id) => new(
        $"Deployable '{id}' was deleted, or another scaling of it has begun. See its state with: audrey status {id}");
}
