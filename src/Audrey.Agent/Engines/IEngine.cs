namespace Audrey.Agent.Engines;

/// <summary>Applies the configuration of a service to this machine.</summary>
internal interface IEngine
{
    /// <summary>Returns whether this engine applies the service.</summary>
    bool Handles(EngineTask task);

    /// <summary>Applies the service until it ends or runs out of time. Failures are reported in the result and are not thrown.</summary>
    Task<EngineResult> ApplyAsync(EngineTask task, CancellationToken cancellationToken);
}
