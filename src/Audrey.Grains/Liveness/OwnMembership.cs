using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>The state of this silo in the membership table.</summary>
internal interface IOwnMembership
{
    /// <summary>Reads the row of this silo. Returns false if the silo was declared dead.</summary>
    Task<bool> IsAlive();

    /// <summary>Reads the whole table. Returns true if this silo is alive and no other silo is.</summary>
    Task<bool> IsAlone();

    /// <summary>Ends this silo after it was declared dead. Returns immediately.</summary>
    void Leave();
}

/// <inheritdoc/>
internal sealed class OwnMembership(IMembershipTable table, IClusterMembershipService service, ILocalSiloDetails silo) : IOwnMembership
{
    public async Task<bool> IsAlive() => IsOwnAlive(await table.ReadRowAsync(silo.SiloAddress));

    public async Task<bool> IsAlone()
    {
        var rows = await table.ReadAllAsync();
        return IsOwnAlive(rows)
            && rows.Members.All(row => row.Item1.SiloAddress.Equals(silo.SiloAddress) || row.Item1.Status == SiloStatus.Dead);
    }

    // Orleans ends a silo that finds its own row dead.
    public void Leave() => service.Refresh().AsTask().Ignore();

    private bool IsOwnAlive(MembershipTableData rows) =>
        rows.Members.Any(row => row.Item1.SiloAddress.Equals(silo.SiloAddress) && row.Item1.Status != SiloStatus.Dead);
}
