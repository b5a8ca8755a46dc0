using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Registration;
using Audrey.Core.Documents;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Audrey.Grains.Registration;

/// <summary>
/// Prepares registrations, so that the instance grain only waits for its storage. It is reentrant because it keeps nothing between calls,
/// and a slow web server must not delay the registrations behind it.
/// </summary>
[StatelessWorker, Reentrant]
internal sealed partial class RegistrarGrain(RegistrationPreparer preparer, ILogger<RegistrarGrain> logger) : Grain, IRegistrarGrain
{
    /// <inheritdoc/>
    public async Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config)
    {
        var prepared = await preparer.Prepare(command, config);
        if (prepared.IsReady) return await GrainFactory.GetGrain<IInstanceGrain>(GrainKeys.Of(config.Id)).Register(prepared.Registration);

        LogRefused(config.Id, prepared.Problems.Length);
        return ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, prepared.Problems);
    }
}
