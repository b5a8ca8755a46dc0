using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;

namespace Audrey.Client.Connection;

/// <summary>
/// The objects that every operation needs: the grains, the rules for repeating calls to them, and the conductor of the calls.
/// </summary>
internal sealed class ClusterSession(IGrainFactory grains, AudreyClientOptions options)
{
    public IGrainFactory Grains => grains;

    public AudreyClientOptions Options => options;

    public ConductorKey Conductor => options.Conductor;

    // The limit is slightly longer than the call's own timeout, because the call's own error describes better what it waited for.
    public ClusterCalls Calls { get; } = new(options.Deadline, options.TimeProvider, options.AttemptTimeout + TimeSpan.FromSeconds(1));

    /// <summary>Creates the identification of one command, which all its repetitions share.</summary>
    public ConductorCommand NewCommand() => ConductorCommand.New(options.Conductor, options.TimeProvider);
}
