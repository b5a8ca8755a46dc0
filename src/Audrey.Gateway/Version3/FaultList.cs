using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Version3;

/// <summary>Faults of a request, the first of them each with its place: of a hundred nobody reads more.</summary>
internal sealed class FaultList
{
    private const int MaxFaults = 100;

    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> All => _faults;

    public void Add(string pointer, string detail)
    {
        if (_faults.Count < MaxFaults) _faults.Add(new(pointer, detail));
    }
}
