using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Reads the overlap of a rotation: how long the previous secret stays valid.</summary>
internal static class OverlapReader
{
    /// <summary>Returns whether the overlap is allowed.</summary>
    /// <param name="seconds">The number in the body. Null if there is none.</param>
    /// <param name="otherwise">The overlap if the body has none.</param>
    /// <param name="overlap">The overlap.</param>
    /// <param name="problem">The problem. Null if there is none.</param>
    public static bool TryRead(
        double? seconds, TimeSpan otherwise, out TimeSpan overlap, [NotNullWhen(false)] out Problem? problem)
    {
        var given = seconds ?? otherwise.TotalSeconds;
        var isAllowed = given >= 0 && given <= CredentialRules.MaxOverlap.TotalSeconds;
        overlap = isAllowed ? TimeSpan.FromSeconds(given) : default;
        problem = isAllowed ? null : ProblemFactory.BadRequest(
            new ProblemError("/overlapSeconds", $"must be between 0 and {CredentialRules.MaxOverlap.TotalSeconds}"));
        return isAllowed;
    }

    /// <summary>Returns the overlap for the audit trail.</summary>
    public static string Describe(TimeSpan overlap) => string.Create(CultureInfo.InvariantCulture, $"overlap {overlap.TotalSeconds} s");
}
