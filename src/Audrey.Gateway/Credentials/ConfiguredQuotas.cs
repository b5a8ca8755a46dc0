using System.Collections.Frozen;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Credentials;

/// <summary>The quotas in the settings: those for all conductors, and those of single conductors.</summary>
internal sealed class ConfiguredQuotas : IConductorQuotas
{
    private readonly ConductorQuota _forAll;
    private readonly FrozenDictionary<ConductorKey, ConductorQuota> _own;

    public ConfiguredQuotas(IOptions<QuotaLimits> limits, IOptions<GatewayOptions> gateway, IOptions<ConductorOptions> conductors)
    {
        var forAll = new ConductorQuota(limits.Value.MaxDeployables, limits.Value.MaxInstances, gateway.Value.MaxEventStreams);
        _forAll = forAll;

        // Several credentials can act for one conductor. Their quotas do not contradict each other.
        _own = conductors.Value.Conductors.GroupBy(entry => entry.Conductor).ToFrozenDictionary(
            entries => ConductorKey.Parse(entries.Key),
            entries => new ConductorQuota(
                entries.Max(entry => entry.MaxDeployables) ?? forAll.MaxDeployables,
                entries.Max(entry => entry.MaxInstances) ?? forAll.MaxInstances,
                entries.Max(entry => entry.MaxStreams) ?? forAll.MaxStreams));
    }

    public ConductorQuota Of(ConductorKey conductor) => _own.GetValueOrDefault(conductor, _forAll);
}
