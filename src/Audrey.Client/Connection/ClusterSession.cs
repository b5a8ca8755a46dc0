using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;

namespace Audrey.Client.Connection;

/// <summary>What every operation needs: the grains, how calls to them are repeated, and for whom they are made.</summary>
internal sealed class ClusterSession(IGrainFactory grains, AudreyClientOptions options)
{
    public IGrainFactory Grains => grains;

    public AudreyClientOptions Options => options;

    public ConductorKey Conductor => options.Conductor;

    // A little more time than the call itself has, because its own error says better what it waited for.
    public ClusterCalls Calls { get; } = new(options.Deadline, options.TimeProvider, options.AttemptTimeout + TimeSpan.FromSeconds(1));

    /// <summary>Creates the identification of one command, which all its repetitions share.</summary>
    public ConductorCommand NewCommand() => ConductorCommand.New(options.Conductor, options.TimeProvider);
}
