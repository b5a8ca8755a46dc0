namespace Audrey.Cli.Connection;

/// <summary>The time that members of a group have to hand over their work before they are removed.</summary>
/// <param name="Seconds">The time in seconds. Null for the server's default.</param>
/// <param name="Show">Shows the end of that time. It is called again while the members still have time.</param>
internal sealed record LeaveNotice(double? Seconds, Action<DateTimeOffset> Show);
