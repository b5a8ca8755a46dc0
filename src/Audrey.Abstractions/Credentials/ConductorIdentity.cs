using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>A conductor whose credential was verified.</summary>
/// <param name="Key">The conductor.</param>
/// <param name="Role">The conductor's role, which determines its permissions.</param>
public sealed record ConductorIdentity(ConductorKey Key, ConductorRole Role);

/// <summary>A conductor's permissions.</summary>
public enum ConductorRole
{
    /// <summary>The conductor can do everything with its own deployables. Every conductor has this role.</summary>
    Operator,
}
