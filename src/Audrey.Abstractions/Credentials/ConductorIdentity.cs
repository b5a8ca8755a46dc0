using Audrey.Core.Access;
using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>The verified sender of a request.</summary>
/// <param name="Key">The conductor whose deployables the sender acts on.</param>
/// <param name="Role">The role, which determines the sender's permissions.</param>
/// <param name="Credential">The key of the credential that was verified. This key differs from <paramref name="Key"/> if the credential
/// acts for another conductor, for example the credential of a person.</param>
public sealed record ConductorIdentity(ConductorKey Key, ConductorRole Role, ConductorKey Credential);
