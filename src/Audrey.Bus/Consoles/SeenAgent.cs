using Audrey.Bus.Qmf;

namespace Audrey.Bus.Consoles;

/// <summary>
/// An agent that a console has heard of.
/// </summary>
/// <param name="Description">The newest description.</param>
/// <param name="LastSeen">The time of the newest heartbeat or locate response, by the clock of the console.</param>
/// <param name="UserId">The user that the broker has checked, or null.</param>
public sealed record SeenAgent(AgentDescription Description, DateTimeOffset LastSeen, string? UserId)
{
    private const int MissedHeartbeats = 3;

    /// <summary>Returns whether no heartbeat came for three intervals. An agent without an interval is never silent.</summary>
    public bool IsSilent(DateTimeOffset now) =>
        Description.HeartbeatInterval > TimeSpan.Zero && now - LastSeen > Description.HeartbeatInterval * MissedHeartbeats;
}
