namespace Audrey.Agent.Engines;

/// <summary>Applies a service's configuration to this machine.</summary>
internal interface IEngine
{
    /// <summary>Whether this engine is the one for the service.</summary>
    bool Handles(ServiceTask task);

    /// <summary>Applies it, to its end or its limit of time. What went wrong is in the result; nothing of it is thrown.</summary>
    Task<EngineResult> ApplyAsync(ServiceTask task, CancellationToken cancellationToken);
}
