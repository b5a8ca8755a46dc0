using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Core.Registration;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Audrey.Grains.Registration;

/// <summary>
/// Prepares registrations, so that the instance grain only waits for its storage. The grain is reentrant, because it keeps no data between
/// calls and a slow web server must not delay the registrations behind it.
/// </summary>
[StatelessWorker, Reentrant]
internal sealed partial class RegistrarGrain(RegistrationPreparer preparer, ILogger<RegistrarGrain> logger) : Grain, IRegistrarGrain
{
    /// <inheritdoc/>
    public async Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config) =>
        await Register(command, config, await preparer.Prepare(command, config));

    /// <inheritdoc/>
    public async Task<ConductorAnswer> RegisterLeniently(ConductorCommand command, InstanceConfig config, Leniency leniency)
    {
        var answer = await Register(command, config, await preparer.PrepareLeniently(command, config, leniency));
        if (answer.Outcome == ConductorOutcome.Done)
            foreach (var forgiven in answer.Problems) LogForgiven(config.Id, forgiven);
        return answer;
    }

    private async Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config, PreparedRegistration prepared)
    {
        var instance = GrainFactory.GetGrain<IInstanceGrain>(GrainKeys.Of(config.Id));
        if (prepared.IsReady)
        {
            // A command without a mark is recognised by its content.
            var digest = command.Mark is null ? RegistrationDigest.Compute([config], deadline: null) : null;
            return await instance.Register(prepared.Registration with { Digest = digest });
        }

        // The files may be available later. The same request must then not register anything.
        LogRefused(config.Id, prepared.Problems.Length);
        var known = await instance.Refuse(command);
        return known.Outcome is ConductorOutcome.Done or ConductorOutcome.NotYours
            ? known
            : ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, prepared.Problems);
    }
}
