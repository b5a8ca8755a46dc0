using System.Collections.Immutable;

namespace Audrey.Core.Planning;

/// <summary>Collects problems, as many as anybody reads.</summary>
internal sealed class PlanProblems
{
    private const int MaxProblems = 1000;

    private readonly ImmutableArray<PlanProblem>.Builder _problems = ImmutableArray.CreateBuilder<PlanProblem>();
    private int _left;

    public bool Any => _problems.Count > 0;

    public void Add(string? where, string message)
    {
        if (_problems.Count < MaxProblems) _problems.Add(new PlanProblem(where, message));
        else _left++;
    }

    public ImmutableArray<PlanProblem> ToImmutable()
    {
        if (_left > 0) _problems.Add(new PlanProblem(null, $"{_left} more problems are not listed"));
        _left = 0;
        return _problems.ToImmutable();
    }
}
