using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>The confirmations of the witnesses, and the evidence that follows from them.</summary>
internal sealed class LeaseEvidence
{
    private readonly Dictionary<SiloAddress, long> _confirmed = [];
    private Witnesses _witnesses = new([], 0);

    /// <summary>Sets the witnesses. Confirmations of other silos no longer count.</summary>
    public void Set(Witnesses witnesses)
    {
        _witnesses = witnesses;
        foreach (var silo in _confirmed.Keys.Except(witnesses.Silos).ToArray()) _confirmed.Remove(silo);
    }

    /// <summary>Adds a confirmation.</summary>
    /// <param name="silo">The silo that confirmed.</param>
    /// <param name="asked">The timestamp at which it was asked.</param>
    /// <returns>The newest timestamp at which this silo was certainly held for alive. Null if too few witnesses have confirmed.</returns>
    public long? Add(SiloAddress silo, long asked)
    {
        if (!_witnesses.Silos.Contains(silo)) return null;
        _confirmed[silo] = asked;
        return _confirmed.Count < _witnesses.Needed ? null : _confirmed.Values.OrderDescending().ElementAt(_witnesses.Needed - 1);
    }
}
