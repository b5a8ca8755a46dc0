using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>A conductor whose credential was verified.</summary>
/// <param name="Key">The conductor.</param>
/// <param name="Role">What it may do.</param>
public sealed record ConductorIdentity(ConductorKey Key, ConductorRole Role);

/// <summary>What a conductor may do.</summary>
public enum ConductorRole
{
    /// <summary>Everything with deployables of its own. Every conductor has this role.</summary>
    Operator,
}
