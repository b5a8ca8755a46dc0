using System.Net;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Launching;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.Grains.Tests.Cluster;
using Audrey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Auditing;

/// <summary>Tests the writers of the audit trail, and the reader that merges its parts.</summary>
public sealed class AuditTrailTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    private AuditTrail Trail => new(Grains, new DirectCalls(), _time);

    [Fact]
    public async Task A_command_is_not_carried_out_if_its_entry_is_not_durable()
    {
        var command = Command("shop");
        Storage.FailNext("auditpage", $"audit:{AuditParts.IndexOf(command.Caller.Key)}", FailurePoint.BeforeWrite);
        var isCarriedOut = false;
        await Assert.ThrowsAnyAsync<NotDurableException>(() => Trail.Run(command, () => Task.FromResult(isCarriedOut = true), _ => "done"));
        Assert.False(isCarriedOut);
    }

    [Fact]
    public async Task A_command_whose_outcome_cannot_be_written_is_acknowledged_and_its_entry_has_no_outcome()
    {
        var command = Command("shop");
        var part = $"audit:{AuditParts.IndexOf(command.Caller.Key)}";
        Assert.True(await Trail.Run(
            command,
            () =>
            {
                Storage.FailNext("auditpage", part, FailurePoint.BeforeWrite);
                return Task.FromResult(true);
            },
            _ => "done"));
        var entries = new List<AuditEntry>();
        await TryAgain.Until(async () => (entries, _) = await All(new()));
        Assert.Null(Assert.Single(entries).Outcome);
    }

    [Fact]
    public async Task A_command_costs_one_write_because_its_outcome_is_written_with_the_next_entry()
    {
        const int Commands = 100;
        for (var i = 0; i < Commands; i++) await Trail.Run(Command("shop", $"d-{i}"), () => Task.FromResult(true), _ => "done");

        // On a slow machine some outcomes are written before the next entry.
        Assert.InRange(Storage.Writes("audit:", "auditpage"), Commands, Commands + (Commands / 2));
        Assert.All((await All(new())).Entries, entry => Assert.Equal("done", entry.Outcome));
    }

    [Fact]
    public async Task An_outcome_is_written_although_no_entry_and_no_reader_follows()
    {
        await Trail.Run(Command("shop"), () => Task.FromResult(true), _ => "done");
        await Deadlines.Until(() => Storage.Writes("audit:", "auditpage") >= 2, "the write of the outcome");
    }

    [Fact]
    public async Task An_activation_that_ends_writes_the_outcomes_first()
    {
        var command = Command("shop");
        await Trail.Run(command, () => Task.FromResult(true), _ => "done");
        await Restart(Grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(AuditParts.IndexOf(command.Caller.Key))));
        Assert.Equal("done", Assert.Single((await All(new())).Entries).Outcome);
    }

    [Fact]
    public async Task The_commands_of_all_conductors_are_each_read_once_and_in_the_order_of_time()
    {
        await Write(0, 300);
        var (entries, pages) = await All(new());
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"d-{i}"), entries.Select(entry => entry.Target.Deployable));
        Assert.True(pages > 2, $"{pages} pages");

        // The clock of another server can be slow.
        _time.Advance(-TimeSpan.FromMinutes(1));
        await Write(300, 400);
        (entries, _) = await All(new());
        Assert.Equal(400, entries.Select(entry => entry.Target.Deployable).Distinct().Count());
        Assert.Equal(400, entries.Count);
        var one = await All(new() { Conductor = ConductorKey.Parse("conductor-7") });
        Assert.Equal(Enumerable.Range(0, 400).Where(i => i % 23 == 7).Select(i => $"d-{i}"),
            one.Entries.Select(entry => entry.Target.Deployable));

        async Task Write(int from, int to)
        {
            for (var i = from; i < to; i++)
                await Trail.Run(Command($"conductor-{i % 23}", $"d-{i}"), () => Task.FromResult(true), _ => "done");
        }
    }

    [Fact]
    public async Task A_reader_gets_each_entry_once_while_entries_are_added()
    {
        var (known, seen) = ((string?)null, new List<string?>());
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 50; i++)
                await Trail.Run(Command($"conductor-{writer}", $"{writer}-{i}"), () => Task.FromResult(true), _ => "done");
        }));
        while (true)
        {
            var isLast = writing.IsCompleted;
            var page = await AuditReader.Read(Grains, new(), known);
            seen.AddRange(page.Entries.Select(entry => entry.Target.Deployable));
            Assert.All(page.Entries, entry => Assert.Equal("done", entry.Outcome));
            known = page.Next;
            if (isLast && !page.HasMore) break;
        }

        await writing;
        Assert.Equal(400, seen.Count);
        Assert.Equal(400, seen.Distinct().Count());
    }

    [Fact]
    public async Task Refused_requests_are_counted_by_source_and_unknown_callers_add_a_limited_number_of_entries()
    {
        var sums = new RefusalSums(Grains, _time);
        for (var i = 0; i < 1000; i++) sums.Add(IPAddress.Parse("192.0.2.1"), "not-authorized");
        for (var i = 0; i < 5000; i++) sums.Add(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "not-authorized");
        for (var i = 0; i < 100; i++) sums.Add(IPAddress.Parse($"2001:db8::{i:x}"), "not-authorized");
        sums.Add(IPAddress.Parse("::ffff:192.0.2.1"), "forbidden", Command("shop").Caller);
        await sums.Flush();
        await sums.Flush();

        var entries = (await All(new())).Entries;
        Assert.InRange(entries.Count, 2, 2 * RefusalSums.MaxSources);
        Assert.Equal(6101, entries.Sum(entry => entry.Count));
        Assert.Contains(entries, entry => entry is { Address: "192.0.2.1", Count: > 0, Conductor: null });
        Assert.Contains(entries, entry => entry is { Address: RefusalSums.Others, Count: > 4000 });
        Assert.All(entries, entry => Assert.Equal(AuditActions.RefusedRequests, entry.Action));
    }

    [Fact]
    public async Task Addresses_in_one_IPv6_network_share_a_count_and_a_verified_caller_has_its_own_count()
    {
        var sums = new RefusalSums(Grains, _time);
        for (var i = 0; i < 100; i++) sums.Add(IPAddress.Parse($"2001:db8::{i:x}"), "not-authorized");
        sums.Add(IPAddress.Parse("::ffff:192.0.2.1"), "forbidden", Command("shop").Caller);
        await sums.Flush();
        var entries = (await All(new())).Entries;
        Assert.Contains(entries, entry => entry is { Address: "2001:db8::/64" });
        var forbidden = Assert.Single(entries, entry => entry.Outcome == "forbidden");
        Assert.Equal(("192.0.2.1", "shop", 1L), (forbidden.Address, forbidden.Conductor?.Value, forbidden.Count));
    }

    [Fact]
    public async Task Counts_that_could_not_be_added_to_the_trail_are_kept()
    {
        var sums = new RefusalSums(Grains, _time);
        sums.Add(IPAddress.Loopback, "not-authorized");
        Storage.FailNext("auditpage", $"audit:{AuditParts.Refusals}", FailurePoint.BeforeWrite);
        await Assert.ThrowsAnyAsync<NotDurableException>(sums.Flush);
        sums.Add(IPAddress.Loopback, "not-authorized");
        await TryAgain.Until(sums.Flush);
        Assert.Equal(2, (await All(new())).Entries.Sum(entry => entry.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.-1")]
    public async Task A_malformed_position_is_refused(string position)
    {
        Assert.False(AuditReader.IsPosition(position));
        await Assert.ThrowsAsync<FormatException>(() => AuditReader.Read(Grains, new(), position));
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    private static AuditedCommand Command(string conductor, string? deployable = null) => new(
        new ConductorIdentity(ConductorKey.Parse(conductor), ConductorRole.Operator, ConductorKey.Parse(conductor)),
        "192.0.2.1",
        "delete-deployable",
        new AuditTarget(deployable),
        AuditMark.New());

    private async Task<(List<AuditEntry> Entries, int Pages)> All(AuditFilter filter)
    {
        var (entries, pages, known) = (new List<AuditEntry>(), 0, (string?)null);
        AuditPage page;
        do
        {
            page = await AuditReader.Read(Grains, filter, known);
            (known, pages) = (page.Next, pages + 1);
            entries.AddRange(page.Entries);
        }
        while (page.HasMore);
        return (entries, pages);
    }

    private sealed class DirectCalls : ILaunchCalls
    {
        public Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) => call();
    }
}
