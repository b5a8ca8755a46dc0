using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>Runs failed services of an instance again. The client library and the gateway use this class.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="calls">Calls the grains, and repeats failed calls.</param>
public sealed class ServiceRetries(IGrainFactory grains, ILaunchCalls calls)
{
    /// <summary>The maximum number of providers that are described by more than their UUIDs.</summary>
    private const int MaxProviders = 64;

    private readonly InstanceReplacement _instances = new(grains, calls);

    /// <summary>Runs failed services of an instance of the conductor again, unless its deployable is being deleted.</summary>
    /// <param name="command">The conductor's command, with a mark.</param>
    /// <param name="id">The instance.</param>
    /// <param name="deployable">The deployable that the instance must belong to. Null if it may belong to any deployable.</param>
    /// <param name="service">The service. Null for all failed services of the instance.</param>
    /// <param name="cancellationToken">Cancels the call before the command is durable.</param>
    public async Task<RetryAnswer> Run(
        ConductorCommand command, InstanceId id, DeployableId? deployable, string? service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (await _instances.RefusalOf(command.Conductor, id, deployable, cancellationToken) is { } refusal)
            return RetryAnswer.Refuse(refusal);
        var instance = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var what = $"running services of instance '{id}' again";
        var answer = await calls.Run(what, () => instance.RetryServices(command, service), null, cancellationToken);
        return answer.Report is { } report
            ? answer with { Report = null, Waits = await WaitsOf(what, report, answer.Retries, cancellationToken) }
            : answer;
    }

    private async Task<ImmutableArray<ServiceWaits>> WaitsOf(
        string what, InstanceReport report, ImmutableArray<ServiceRetry> retries, CancellationToken cancellationToken)
    {
        var providers = new Dictionary<InstanceId, InstanceReport>();
        foreach (var id in report.GetProviders().Take(MaxProviders))
        {
            var provider = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
            if (await calls.Run(what, () => provider.GetReport(cancellationToken).AsTask(), null, cancellationToken) is { } found
                && found.Deployable == report.Deployable)
                providers.Add(id, found);
        }

        var services = report.ToStatus(providers).Services.ToDictionary(service => service.Name);
        return
        [
            .. from retry in retries
               let reasons = services[retry.Service].WaitReasons
               where !reasons.IsEmpty
               select new ServiceWaits(retry.Service, reasons),
        ];
    }
}
