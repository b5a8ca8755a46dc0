using System.Collections.Immutable;

namespace Audrey.Core.Planning;

/// <summary>Collects findings up to a limit and counts the rest.</summary>
internal sealed class PlanFindings
{
    private const int MaxFindings = 1000;

    private readonly ImmutableArray<PlanFinding>.Builder _findings = ImmutableArray.CreateBuilder<PlanFinding>();
    private int _left;

    public bool Any => _findings.Count > 0;

    public void Add(string? where, string message)
    {
        if (_findings.Count < MaxFindings) _findings.Add(new PlanFinding(where, message));
        else _left++;
    }

    public ImmutableArray<PlanFinding> ToImmutable()
    {
        if (_left > 0) _findings.Add(new PlanFinding(null, $"{_left} more findings are not listed"));
        _left = 0;
        return _findings.ToImmutable();
    }
}
