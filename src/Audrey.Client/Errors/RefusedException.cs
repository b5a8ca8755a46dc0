using System.Collections.Immutable;

namespace Audrey.Client;

/// <summary>What was given cannot be registered. <see cref="Problems"/> holds every reason, not only the first.</summary>
public sealed class RefusedException : AudreyException
{
    internal RefusedException(string what, ImmutableArray<RegistrationNote> problems)
        : base($"{what}:{string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem.Message}"))}") =>
        Problems = problems;

    /// <summary>Each reason; never empty.</summary>
    public ImmutableArray<RegistrationNote> Problems { get; }
}
