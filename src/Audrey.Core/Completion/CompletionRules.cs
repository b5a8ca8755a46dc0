using System.Globalization;

namespace Audrey.Core.Completion;

/// <summary>Computes the completion status of a service from its exit status, and the common status of several services.</summary>
public static class CompletionRules
{
    /// <summary>
    /// Returns the status of a service with this exit status. An exit status consists of decimal digits and can be surrounded by white
    /// space. Null means that there is no exit status. An exit status that is not a number is an error.
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
