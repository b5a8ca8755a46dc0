using System.Collections.Immutable;

namespace Audrey.Core.Planning;

/// <summary>Collects problems, as many as anybody reads.</summary>
internal sealed class PlanFindings
{
    private const int MaxProblems = 1000;

    private readonly ImmutableArray<PlanFinding>.Builder _problems = ImmutableArray.CreateBuilder<PlanFinding>();
    private int _left;

    public bool Any => _problems.Count > 0;

    public void Add(string? where, string message)
    {
        if (_problems.Count < MaxProblems) _problems.Add(new PlanFinding(where, message));
        else _left++;
    }

    public ImmutableArray<PlanFinding> ToImmutable()
    {
        if (_left > 0) _problems.Add(new PlanFinding(null, $"{_left} more problems are not listed"));
        _left = 0;
        return _problems.ToImmutable();
    }
}
