using System.ComponentModel;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Gateway.Documents;
using Microsoft.AspNetCore.Mvc;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>
/// Scales a group for its conductor. A request is durable when it is answered, and the cluster carries it out by itself. The conductor asks
/// for the progress and the result.
/// </summary>
internal sealed class GroupEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    private static readonly Problem NoScaling =
        ProblemFactory.NotFound("This conductor has no such deployable, or its last scaling was not of this group.");

    private static readonly Problem NoPage = ProblemFactory.NotFound(
        "The last scaling of the deployable was not of this group, or 'after' belongs to an earlier scaling. Begin again without 'after'.");

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapPut(Version3Routes.Group, Scale).LimitBody(MaxCommandBytes)
            .Describe("scale-group", "Begins to change the size of a group. A repeated request has the same result");
        conductors.MapGet(Version3Routes.Group, Get)
            .Describe("group", "Returns the state of the last scaling of a group");
        conductors.MapGet(Version3Routes.GroupAdded, GetAdded).AnswersSecrets()
            .Describe("group-added", "Returns the instances that the last scaling of a group added, with their secrets, page by page");
        conductors.MapGet(Version3Routes.GroupRemoved, GetRemoved)
            .Describe("group-removed", "Returns the instances that the last scaling of a group removed, page by page");
    }

    private async Task<Accepted<GroupState>> Scale(
        string deployable, string group, ConductorRequest conductor, RequestBody<GroupRequest> body)
    {
        var errors = new RequestErrors();
        var (size, leaving) = (body.Value.Size, body.Value.Remove ?? []);
        if (size is null == (leaving.Count == 0))
            errors.Add("/size", "give either size, the number of instances that the group should have, or remove, the members to remove");
        foreach (var (i, name) in leaving.Index())
            if (string.IsNullOrEmpty(name)) errors.Add($"/remove/{i}", "is empty; give the label or the UUID of a member");
        var deadline = DurationReader.ReadDeadline(body.Value.DeadlineSeconds, errors);
        var notice = DurationReader.ReadNotice(body.Value.NoticeSeconds, errors);
        if (size is null && deadline is not null) errors.Add("/deadlineSeconds", "is only for size; a removal adds no instances");
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;
        conductor.AuditDetail = size is null ? $"{leaving.Count} members leave" : $"size {size}";
        var request = new ScaleRequest(conductor.Command, group, size ?? 0, Deadline: deadline, Leaving: [.. leaving], Notice: notice);
        var answer = await calls.Command(() => grains.Deployable(id).BeginScale(request));
        if (ConductorProblems.Find(answer) is { } problem) return problem;
        size ??= (await calls.Command(() => grains.Deployable(id).GetScaling(conductor.Key, group)))?.Count;
        return new GroupState { Group = group, Size = size ?? 0, State = GroupStates.Unfinished };
    }

    private async Task<Answer<GroupState>> Get(string deployable, string group, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return NoScaling;
        var report = await calls.Read(() => grains.Deployable(id).GetScaling(conductor.Key, group), cancellation);
        return report is null ? NoScaling : new GroupState
        {
            Group = group,
            Size = report.Count,
            State = report.Problem is not null ? GroupStates.Refused : report.IsFinished ? GroupStates.Finished : GroupStates.Unfinished,
            Added = report.Added,
            Removed = report.Removed,
            LeaveBy = report.LeaveBy,
            Detail = report.Problem,
            Quota = report.Quota?.Name,
            Limit = report.Quota?.Limit,
            Present = report.Quota?.Present,
        };
    }

    private async Task<Answer<AddedPage>> GetAdded(
        string deployable,
        string group,
        [FromQuery, Description(AboutAfter)] string? after,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        var page = await Read(deployable, new(conductor.Key, group), after, cancellation);
        return ProblemWith(page) is { } problem ? problem : new AddedPage
        {
            Added =
            [
                .. page.Added.Select(member => new NewInstance
                {
                    Id = member.Id.Value,
                    Label = InstanceLabels.Of(group, member.Ordinal),
                    Assembly = group,
                    Ordinal = member.Ordinal,
                    Secret = member.Secret,
                }),
            ],
            Next = page.HasMore ? page.Added[^1].Id.Value : null,
        };
    }

    private async Task<Answer<RemovedPage>> GetRemoved(
        string deployable,
        string group,
        [FromQuery, Description(AboutAfter)] string? after,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        var page = await Read(deployable, new(conductor.Key, group, Removed: true), after, cancellation);
        return ProblemWith(page) is { } problem ? problem : new RemovedPage
        {
            Removed = [.. page.Removed.Select(id => id.Value)],
            Labels = page.RemovedOrdinals is { } ordinals ? [.. ordinals.Select(ordinal => InstanceLabels.Of(group, ordinal))] : null,
            Next = page.HasMore ? page.Removed[^1].Value : null,
        };
    }

    private async Task<ScaledPage> Read(string deployable, ScaledRequest request, string? after, CancellationToken cancellation)
    {
        InstanceId last = default;
        if (!DeployableId.TryParse(deployable, out var id, out _) || (after is not null && !InstanceId.TryParse(after, out last, out _)))
            return ScaledPage.Of(ConductorOutcome.NotFound);
        var page = request with { After = after is null ? null : last };
        return await calls.Read(() => grains.Deployable(id).GetScaled(page), cancellation);
    }

    private static Problem? ProblemWith(ScaledPage page) => page.Outcome switch
    {
        ConductorOutcome.Done => null,
        ConductorOutcome.NotFound => NoPage,
        _ => ConductorProblems.Find(page.Outcome, ["the scaling is not finished; request the state of the group until it is finished"]),
    };
}
