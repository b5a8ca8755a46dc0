using System.Collections.Immutable;
using Audrey.Core.Registration;

namespace Audrey.Client;

/// <summary>The cluster or this library refused the operation. <see cref="Problems"/> contains every reason, not only the first.</summary>
public sealed class RefusedException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public RefusedException(string what, ImmutableArray<RegistrationFinding> problems)
        : base($"{what}:{string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem.Message}"))}") =>
        Problems = problems;

    /// <summary>Gets the reasons. The list is never empty.</summary>
    public ImmutableArray<RegistrationFinding> Problems { get; }
}
