using System.Net;
using Audrey.Storage.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService;

namespace Audrey.Storage.Tests.PostgreSql;

/// <summary>The stock ADO.NET clustering works with our SQL scripts.</summary>
[Collection(PostgreSqlTests.Name)]
public sealed class ClusteringSchemaTests(PostgreSqlDatabases databases)
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_membership_change_requires_the_current_version_and_increases_it()
    {
        var table = await TableAsync();
        var empty = await table.ReadAllAsync();
        Assert.True(await table.InsertRowAsync(Silo(1, SiloStatus.Active), empty.Version.Next()));
        Assert.False(await table.InsertRowAsync(Silo(2, SiloStatus.Active), empty.Version.Next()));

        var active = await table.ReadAllAsync();
        Assert.Single(active.Members);
        Assert.Equal(empty.Version.Version + 1, active.Version.Version);
        Assert.False(await table.InsertRowAsync(Silo(1, SiloStatus.Active), active.Version.Next()));

        var dead = Silo(1, SiloStatus.Dead);
        Assert.False(await table.UpdateRowAsync(dead, "0", empty.Version.Next()));
        Assert.True(await table.UpdateRowAsync(dead, active.Members[0].Item2, active.Version.Next()));
        var row = await table.ReadRowAsync(dead.SiloAddress);
        Assert.Equal(SiloStatus.Dead, Assert.Single(row.Members).Item1.Status);
        Assert.Equal(active.Version.Version + 1, row.Version.Version);
    }

    [Fact]
    public async Task The_time_when_a_silo_was_last_alive_never_decreases()
    {
        var table = await TableAsync();
        var silo = Silo(1, SiloStatus.Active);
        Assert.True(await table.InsertRowAsync(silo, (await table.ReadAllAsync()).Version.Next()));
        foreach (var minutes in new[] { 5, 3 })
        {
            silo.IAmAliveTime = Start.AddMinutes(minutes);
            await table.UpdateIAmAliveAsync(silo);
        }

        Assert.Equal(Start.AddMinutes(5), (await table.ReadAllAsync()).Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Only_silos_that_died_long_ago_are_removed()
    {
        var table = await TableAsync();
        foreach (var silo in new[] { Silo(1, SiloStatus.Dead), Silo(2, SiloStatus.Active), Silo(3, SiloStatus.Dead, Start.AddDays(2)) })
            Assert.True(await table.InsertRowAsync(silo, (await table.ReadAllAsync()).Version.Next()));

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Start.AddDays(1)));

        Assert.Equal([2, 3], (await table.ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress.Generation).Order());
        await table.DeleteMembershipTableEntriesAsync(DirectStorage.ServiceId);
    }

    private static MembershipEntry Silo(int generation, SiloStatus status, DateTime? alive = null) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, generation),
        SiloName = $"silo {generation}",
        HostName = "host",
        Status = status,
        ProxyPort = 30000,
        StartTime = alive ?? Start,
        IAmAliveTime = alive ?? Start,
    };

    private async Task<IMembershipTable> TableAsync()
    {
        var options = await databases.CreateAsync();
        await AudreySchema.EnsureCreatedAsync(options);
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = DirectStorage.ServiceId, ServiceId = DirectStorage.ServiceId }),
            Options.Create(new AdoNetClusteringSiloOptions { Invariant = "Npgsql", ConnectionString = options.ConnectionString }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(true);
        return table;
    }
}
