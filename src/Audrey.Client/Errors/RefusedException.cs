using System.Collections.Immutable;
using Audrey.Core.Registration;

namespace Audrey.Client;

/// <summary>What was given cannot be registered. <see cref="Problems"/> holds every reason, not only the first.</summary>
public sealed class RefusedException : AudreyException
{
    internal RefusedException(string what, ImmutableArray<RegistrationFinding> problems)
        : base($"{what}:{string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem.Message}"))}") =>
        Problems = problems;

    /// <summary>Each reason; never empty.</summary>
    public ImmutableArray<RegistrationFinding> Problems { get; }
}
