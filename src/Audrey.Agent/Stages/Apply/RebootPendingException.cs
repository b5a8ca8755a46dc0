namespace Audrey.Agent.Stages.Apply;

/// <summary>A service has asked for a reboot. It goes on after the reboot, and nothing else runs before.</summary>
internal sealed class RebootPendingException(string service) : Exception($"{service} has asked for a reboot and goes on after it.");
