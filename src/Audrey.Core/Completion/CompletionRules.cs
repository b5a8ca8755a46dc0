using System.Globalization;

namespace Audrey.Core.Completion;

/// <summary>
/// Decides whether a service, an instance or a deployable is complete. An instance is complete when its guest was heard from, gave all
/// values that the instance provides, and every service ended with exit status 0, and the guest has applied the newest configuration if it
/// stays. A deployable is complete when all its instances are.
/// Everything else that says "complete" asks this class.
/// </summary>
public static class CompletionRules
{
    /// <summary>
    /// Returns the status of a service with this exit status. An exit status is a decimal number with or without a sign, and can be
    /// surrounded by white space. Null means that there is no exit status. An exit status that is not a number is an error.
    /// </summary>
    public static CompletionStatus OfExitStatus(byte[]? exitStatus)
    {
        if (exitStatus is null) return CompletionStatus.Incomplete;
        return ExitStatusOf(exitStatus) == 0 ? CompletionStatus.Success : CompletionStatus.Error;
    }

    /// <summary>
    /// Returns an exit status as a number. Returns null if there is no exit status, or if the exit status is not a number.
    /// </summary>
    public static int? ExitStatusOf(byte[]? exitStatus) =>
        int.TryParse(exitStatus.AsSpan().Trim(" \t\r\n"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;

    /// <summary>Returns the obstacles of an instance. An instance without obstacles is complete.</summary>
    /// <param name="isHeardFrom">Whether the guest was ever heard from.</param>
    /// <param name="notGiven">The provided parameters without a value.</param>
    /// <param name="services">The services with their statuses.</param>
    /// <param name="isOutOfDate">Whether the guest stays and has not applied the newest configuration. A guest that does not stay applies
    /// it only if somebody runs it again, so nothing waits for that.</param>
    public static IEnumerable<Obstacle> ObstaclesOf(
        bool isHeardFrom, IEnumerable<string> notGiven, IEnumerable<(string Name, CompletionStatus Status)> services,
        bool isOutOfDate = false)
    {
        ArgumentNullException.ThrowIfNull(notGiven);
        ArgumentNullException.ThrowIfNull(services);
        return Find();

        IEnumerable<Obstacle> Find()
        {
            if (!isHeardFrom) yield return new(ObstacleKind.NeverHeardFrom);
            foreach (var name in notGiven) yield return new(ObstacleKind.ValueNotGiven, name);
            foreach (var (name, status) in services)
            {
                if (status == CompletionStatus.Incomplete) yield return new(ObstacleKind.ServiceNotEnded, name);
                if (status == CompletionStatus.Error) yield return new(ObstacleKind.ServiceFailed, name);
            }

            if (isOutOfDate) yield return new(ObstacleKind.OutOfDate);
        }
    }

    /// <summary>
    /// Returns the status of an instance or a deployable with these obstacles: error if a service failed, success if there is no obstacle,
    /// else incomplete.
    /// </summary>
    public static CompletionStatus StatusOf(IEnumerable<Obstacle> obstacles) => Worst(
        obstacles.Select(obstacle => obstacle.IsUnfinished ? CompletionStatus.Incomplete : CompletionStatus.Error));

    /// <summary>
    /// Returns the worst status. Error is worse than incomplete, and incomplete is worse than success. Returns success if <paramref
    /// name="parts"/> is empty.
    /// </summary>
    public static CompletionStatus Worst(IEnumerable<CompletionStatus> parts)
    {
        var worst = CompletionStatus.Success;
        foreach (var part in parts)
        {
            if (part == CompletionStatus.Error) return part;
            if (part == CompletionStatus.Incomplete) worst = part;
        }

        return worst;
    }
}
