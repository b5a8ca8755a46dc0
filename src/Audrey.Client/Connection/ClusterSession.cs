using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Operations;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Client.Connection;

/// <summary>
/// The objects that every operation needs: the grain with the conductor's operations, and the rules for repeating calls to it.
/// </summary>
internal sealed class ClusterSession(IGrainFactory grains, AudreyClientOptions options, Func<Exception?>? findRefusal = null)
{
    /// <summary>Gets the only grain that this client's connections can reach.</summary>
    public IConductorOperations Operations { get; } = grains.GetGrain<IConductorOperations>(GrainKeys.Of(options.Conductor));

    public AudreyClientOptions Options => options;

    public ConductorKey Conductor => options.Conductor;

    // The limit is slightly longer than the call's own timeout, because the call's own error describes the cause better.
    public ClusterCalls Calls { get; } =
        new(options.Deadline, options.TimeProvider, options.AttemptTimeout + TimeSpan.FromSeconds(1), findRefusal);

    /// <summary>Creates the sender and the mark of one command. All repetitions of the command have the same mark.</summary>
    public ConductorCommand NewCommand() => ConductorCommand.New(options.Conductor, options.TimeProvider);

    /// <summary>Creates the mark of one command. All repetitions of the command have the same mark.</summary>
    public RequestMark NewMark() => NewCommand().Mark!.Value;
}
