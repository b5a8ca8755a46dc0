using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Client.Operations;

/// <summary>Checks arguments. Ids are structs, so an id that was not created by Parse is empty.</summary>
internal static class Arguments
{
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static void ThrowIfEmpty(string? value, string parameter)
    {
        if (value is null) throw new ArgumentException("The id is empty: create it with Parse.", parameter);
    }

    /// <exception cref="ArgumentOutOfRangeException">The deadline is zero or less.</exception>
    public static void ThrowIfNotPositive(TimeSpan? deadline, string parameter)
    {
        if (deadline <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(parameter, deadline, $"A deadline {Deadlines.Rule}.");
    }

    /// <exception cref="ArgumentOutOfRangeException">The deadline is zero or less, or longer than a year.</exception>
    public static void ThrowIfBadDeadline(TimeSpan? deadline, string parameter)
    {
        if (Deadlines.Problem(deadline) is { } problem)
            throw new ArgumentOutOfRangeException(parameter, deadline, $"A deadline {problem}. For no deadline, give null.");
    }

    /// <exception cref="ArgumentOutOfRangeException">Members cannot have the notice.</exception>
    public static void ThrowIfBadNotice(TimeSpan? notice, string parameter)
    {
        if (Notices.Problem(notice) is { } problem)
            throw new ArgumentOutOfRangeException(
                parameter, notice, $"A notice {problem}. For {Notices.Default.TotalSeconds} s, give null.");
    }

    /// <exception cref="ArgumentException">An id of the instance is empty.</exception>
    public static void ThrowIfUnidentified(InstanceConfig config)
    {
        ThrowIfEmpty(config.Id.Value, nameof(config));
        ThrowIfEmpty(config.Deployable.Value, nameof(config));
    }
}
