using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Documents;
using Microsoft.AspNetCore.Mvc;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>A conductor's deployables: their list, their status, and their deletion.</summary>
internal sealed class DeployablesEndpoints(DeployableReports reports, InstanceReports instances, IGrainFactory grains, GrainCalls calls)
    : ConductorEndpoints
{
    /// <summary>The description of the query parameter that limits a page.</summary>
    private const string AboutLimit = "The maximum number of instances on a page, 1 to 128. With it, only the instances that `status` and "
        + "`assembly` select are read, however many the deployable has, and a change of an instance counts within about a second. Without "
        + "it, a page has the selected ones of a few hundred instances.";

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapGet(Version3Routes.Deployables, List).Describe("deployables", "Lists the conductor's deployables, page by page");
        conductors.MapGet(Version3Routes.Deployable, Get)
            .Describe("deployable", "Returns the status of a deployable, with the reason for every wait");
        conductors.MapGet(Version3Routes.Summary, GetSummary)
            .Describe("deployable-summary", "Returns the counts of a deployable's instances by state, and those that matter most");
        conductors.MapGet(Version3Routes.Members, GetInstances)
            .Describe("deployable-instances", "Returns the statuses of the instances of a deployable, or of some of them, page by page");
        conductors.MapDelete(Version3Routes.Deployable, Delete)
            .Describe("delete-deployable", "Begins to delete a deployable, its instances and their credentials");
    }

    private async Task<Answer<DeployableList>> List(
        [FromQuery, Description(AboutAfter)] string? after,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        if (!TryReadPage(after, out var page)) return WrongPage;
        var grain = grains.GetGrain<IConductorGrain>(GrainKeys.Of(conductor.Key));
        var answer = await calls.Read(() => grain.List(page), cancellation);
        return new DeployableList
        {
            Deployables = [.. answer.Deployables.Select(id => id.Value)],
            Next = NextPage(page, answer.Pages),
        };
    }

    private async Task<Answer<DeployableStatus>> Get(string deployable, ConductorRequest conductor, CancellationToken cancellation) =>
        await reports.Find(deployable, conductor.Key, cancellation) is var (header, instances)
            ? header.ToStatus(instances)
            : ConductorProblems.NoDeployable;

    private async Task<Answer<DeployableSummary>> GetSummary(
        string deployable, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (await reports.FindHeader(deployable, conductor.Key, cancellation) is not { } header) return ConductorProblems.NoDeployable;
        if (header.Deleting) return header.ToSummary();
        var counted = await calls.Read(() => EventsOf(header).Summarize(header.Incarnation, header.LaunchedLately), cancellation);
        return header.ToSummary(counted, await instances.Statuses(counted.Important, header, cancellation));
    }

    private async Task<Answer<InstancesPage>> GetInstances(
        string deployable,
        [FromQuery, Description(AboutAfter)] string? after,
        [FromQuery, Description("Only instances with this status: `success`, `incomplete` or `error`.")] string? status,
        [FromQuery, Description("Only instances of this assembly.")] string? assembly,
        [FromQuery, Description("Only the instances with this label or UUID.")] string? name,
        [FromQuery, Description(AboutLimit)] int? limit,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        var filter = new InstanceFilter { Status = CompletionStatusNames.Parse(status ?? ""), Assembly = assembly, Name = name };
        if (status is not null && filter.Status is null) return WrongStatus;
        if (limit is < 1 or > InstanceQuery.MaxInstances) return WrongLimit;
        var last = after is null ? (InstanceId?)null : InstanceId.TryParse(after, out var id, out _) ? id : default;
        if (!TryReadPage(limit is null ? after : null, out var page) || last == default(InstanceId)) return WrongPage;
        if (await reports.FindHeader(deployable, conductor.Key, cancellation) is not { } header) return ConductorProblems.NoDeployable;
        if (limit is not { } size)
        {
            var all = await calls.Read(() => grains.Deployable(header.Id).GetReports(page, cancellation), cancellation);
            return Page(await instances.Statuses(all, header, cancellation), NextPage(page, header.Pages));
        }

        var query = new InstanceQuery
        {
            Incarnation = header.Incarnation,
            Status = filter.Status,
            Assembly = assembly,
            After = last,
            Limit = size,
        };
        if (await calls.Read(() => EventsOf(header).Find(query), cancellation) is not { } found) return WrongPage;
        return Page(await instances.Statuses(found.Instances, header, cancellation), found.HasMore ? found.Instances[^1].Value : null);

        InstancesPage Page(IEnumerable<InstanceStatus> statuses, string? next) =>
            new() { Instances = [.. statuses.Where(filter.Selects)], Next = next };
    }

    private async Task<Accepted> Delete(string deployable, ConductorRequest conductor)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;
        return ConductorProblems.Find(await calls.Command(() => grains.Deployable(id).BeginDelete(conductor.Command)));
    }

    private IEventsGrain EventsOf(DeployableHeader deployable) => grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployable.Id));

    private static Problem WrongLimit => ProblemFactory.BadRequest(
        new ProblemError("limit", string.Create(CultureInfo.InvariantCulture, $"must be from 1 to {InstanceQuery.MaxInstances}")));

    private static Problem WrongPage => ProblemFactory.BadRequest(
        new ProblemError(Version3Routes.After, "must be the value of 'next' in the previous page"));

    private static Problem WrongStatus => ProblemFactory.BadRequest(
        new ProblemError("status", "must be success, incomplete or error"));

    private static bool TryReadPage(string? after, out int page)
    {
        page = 0;
        return after is null || int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out page);
    }

    private static string? NextPage(int page, int pages) => page + 1 < pages ? (page + 1).ToString(CultureInfo.InvariantCulture) : null;
}
