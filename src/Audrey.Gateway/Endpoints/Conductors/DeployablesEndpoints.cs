using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
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
    /// <summary>
    /// The maximum number of providers that are asked for their reports because they are not on the requested page. For further providers,
    /// the status contains only the data that the
    /// instance itself has.
    /// </summary>
    private const int MaxProviders = 64;

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapGet(Version3Routes.Deployables, List).Describe("deployables", "Lists the conductor's deployables, page by page");
        conductors.MapGet(Version3Routes.Deployable, Get)
            .Describe("deployable", "Returns the status of a deployable, with the reason for every wait");
        conductors.MapGet(Version3Routes.Summary, GetSummary)
            .Describe("deployable-summary", "Returns the data of a deployable without its instances");
        conductors.MapGet(Version3Routes.Members, GetInstances)
            .Describe("deployable-instances", "Returns the statuses of the instances of a deployable, page by page");
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
        string deployable, ConductorRequest conductor, CancellationToken cancellation) =>
        await reports.FindHeader(deployable, conductor.Key, cancellation) is { } header
            ? header.ToSummary()
            : ConductorProblems.NoDeployable;

    private async Task<Answer<InstancesPage>> GetInstances(
        string deployable,
        [FromQuery, Description(AboutAfter)] string? after,
        [FromQuery, Description("Only instances with this status: `success`, `incomplete` or `error`.")] string? status,
        [FromQuery, Description("Only instances of this assembly.")] string? assembly,
        [FromQuery, Description("Only the instances with this label or UUID.")] string? name,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        if (!TryReadPage(after, out var page)) return WrongPage;
        var filter = new InstanceFilter { Status = CompletionStatusNames.Parse(status ?? ""), Assembly = assembly, Name = name };
        if (status is not null && filter.Status is null) return WrongStatus;
        if (await reports.FindHeader(deployable, conductor.Key, cancellation) is not { } header) return ConductorProblems.NoDeployable;
        var found = await calls.Read(() => grains.Deployable(header.Id).GetReports(page, cancellation), cancellation);
        var providers = found.ToDictionary(report => report.Id);
        var elsewhere = found.SelectMany(report => report.GetProviders()).Distinct().Where(id => !providers.ContainsKey(id));
        var others = await Task.WhenAll(
            elsewhere.Take(MaxProviders).Select(id => instances.Find(id.Value, conductor.Key, cancellation).AsTask()));
        foreach (var other in others.OfType<InstanceReport>()) providers.Add(other.Id, other);
        return new InstancesPage
        {
            Instances = [.. found.Select(report => report.ToStatus(providers, header)).Where(filter.Selects)],
            Next = NextPage(page, header.Pages),
        };
    }

    private async Task<Accepted> Delete(string deployable, ConductorRequest conductor)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;
        return ConductorProblems.Find(await calls.Command(() => grains.Deployable(id).BeginDelete(conductor.Command)));
    }

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
