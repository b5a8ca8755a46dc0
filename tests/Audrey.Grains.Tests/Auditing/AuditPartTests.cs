using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Audrey.Grains.Auditing;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Auditing;

/// <summary>Tests one part of the audit trail: the order of its entries, its limits, its gaps and its failures.</summary>
public sealed class AuditPartTests : ClusterFixture, IAsyncLifetime
{
    private const string Page = "auditpage";
    private const int SegmentEntries = AuditLog.PageSize * AuditLog.SegmentPages;

    private static readonly ConductorKey Shop = ConductorKey.Parse("shop");

    private readonly ShiftedTime _time = new();

    private IAuditGrain Grain => Grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(3));

    [Fact]
    public async Task Entries_are_numbered_and_are_kept_with_their_outcomes_after_the_activation_ends()
    {
        var first = await Add("scale-deployable");
        await End(first, "done");
        var second = await Add("delete-deployable");
        await Restart(Grain);

        var page = await Read();
        Assert.Equal([(1L, "done"), (2L, null)], page.Entries.Select(entry => (entry.Number, entry.Outcome)));
        await End(second, "not-yours");
        Assert.Equal("not-yours", (await Read()).Entries[1].Outcome);
    }

    [Fact]
    public async Task An_unfinished_command_and_later_entries_are_served_when_the_command_ends_or_after_two_minutes()
    {
        var first = await Add("a");
        var second = await Add("b");
        await End(second, "done");
        Assert.Empty((await Read()).Entries);
        await End(first, "done");
        Assert.Equal(2, (await Read()).Entries.Length);

        await Add("never ends");
        Assert.Equal(2, (await Read()).Entries.Length);
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal([null], (await Read(after: 2)).Entries.Select(entry => entry.Outcome));
    }

    [Fact]
    public async Task An_outcome_that_was_lost_is_called_unknown_when_the_command_cannot_be_under_way_any_more()
    {
        var lost = await Add("scale-group");
        await Restart(Grain);
        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Null(Assert.Single((await Read()).Entries).Outcome);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(AuditActions.Unknown, Assert.Single((await Read()).Entries).Outcome);

        // The command is sent again, and its outcome is recorded this time.
        await Grain.Add(lost, isUnique: true);
        await End(lost, "done");
        Assert.Equal(("done", 1), Assert.Single((await Read()).Entries) is var entry ? (entry.Outcome, entry.Repetitions) : default);
    }

    [Theory]
    [InlineData(FailurePoint.BeforeWrite)]
    [InlineData(FailurePoint.AfterWrite)]
    public async Task If_the_write_of_an_entry_fails_a_repetition_adds_it_and_it_is_served_once(FailurePoint fault)
    {
        var entry = Entry("delete-deployable");
        Storage.FailNext(Page, "audit:3", fault);
        await Assert.ThrowsAnyAsync<NotDurableException>(() => Grain.Add(entry, isUnique: true));

        var number = 0L;
        await TryAgain.Until(async () => number = await Grain.Add(entry, isUnique: true));
        await Grain.End(new(number, entry.Mark, "done", null));
        Assert.Equal("done", Assert.Single((await Read()).Entries).Outcome);
    }

    [Fact]
    public async Task Only_the_first_outcome_of_an_entry_counts_and_an_outcome_for_another_mark_changes_nothing()
    {
        var entry = await Add("a");
        await Grain.End(new(entry.Number, AuditMark.New().Value, "other", null));
        await End(entry, "done");
        await End(entry, "not-found");
        Assert.Equal("done", Assert.Single((await Read()).Entries).Outcome);
    }

    [Fact]
    public async Task A_command_is_recognised_by_its_content_only_if_it_repeats_the_newest_command_for_its_target()
    {
        var (grow, shrink) = (Content(3), Content(2));
        Assert.Equal(1, await Grain.Add(grow, isUnique: false));
        Assert.Equal(1, await Grain.Add(grow, isUnique: false));
        Assert.Equal(2, await Grain.Add(shrink, isUnique: false));
        Assert.Equal(3, await Grain.Add(grow, isUnique: false));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(4, await Grain.Add(Content(3), isUnique: false));
        Assert.Equal([1, 0, 0, 0], (await Read()).Entries.Select(entry => entry.Repetitions));

        AuditEntry Content(int size) =>
            Entry("scale") with { Mark = AuditMark.OfContent("credential", "PUT", "/group", [(byte)size]).Value, Outcome = "done" };
    }

    [Fact]
    public async Task A_repetition_is_recognised_after_a_restart_even_if_many_other_commands_came_in_between()
    {
        var entry = Entry("first") with { Outcome = "done" };
        var number = await Grain.Add(entry, isUnique: true);
        await AddMany(SegmentEntries);
        await Restart(Grain);
        Assert.Equal(number, await Grain.Add(entry, isUnique: true));
    }

    [Fact]
    public async Task An_outcome_is_added_even_if_the_page_of_its_entry_is_no_longer_in_memory()
    {
        var entry = await Add("long");
        await AddMany(3 * SegmentEntries);
        await End(entry, "done");
        await Restart(Grain);
        Assert.Equal("done", (await Read()).Entries[0].Outcome);
    }

    [Fact]
    public async Task Entries_that_are_too_old_are_not_served_and_their_rows_are_deleted()
    {
        await AddMany(AuditLog.PageSize * 3);
        _time.Advance(TimeSpan.FromDays(400));
        await AddMany(1);
        Assert.Equal(AuditLog.PageSize * 3 + 1, Assert.Single((await Read()).Entries).Number);

        await Grain.Trim();
        var page = await Read();
        Assert.Equal((AuditLog.PageSize * 3, 1), (page.Missing, page.Entries.Length));
        Assert.False(Storage.Has(Page, "s:0:audit:3"));
        Assert.False(Storage.Has(Page, "s:2:audit:3"));
        Assert.True(Storage.Has(Page, "s:3:audit:3"));
        await Restart(Grain);
        Assert.Equal(AuditLog.PageSize * 3 + 2, await Grain.Add(Entry("next"), isUnique: true));
    }

    [Fact]
    public async Task If_there_are_too_many_entries_the_oldest_are_dropped_and_a_reader_is_told_how_many()
    {
        // A part may hold a 17th of 64 MiB. Each of these entries has about 1,000 bytes.
        await AddMany(5 * SegmentEntries, new string('x', 900));
        var page = await Read(after: 10);
        Assert.True(page.Missing > 0, "nothing was dropped");
        Assert.Equal(10 + page.Missing + 1, page.Entries[0].Number);
        Assert.Equal(0, (page.Missing + 10) % SegmentEntries);
        Assert.False(Storage.Has(Page, "s:0:audit:3"));
        Assert.Equal(page.Missing + 10, (await Read()).Missing);
        await Restart(Grain);
        Assert.Equal(page.Entries[0].Number, (await Read(after: 10)).Entries[0].Number);
    }

    [Theory]
    [InlineData("audit", FailurePoint.BeforeWrite)]
    [InlineData("audit", FailurePoint.AfterWrite)]
    [InlineData(Page, FailurePoint.BeforeWrite)]
    [InlineData(Page, FailurePoint.AfterWrite)]
    public async Task If_a_deletion_of_old_rows_fails_its_repetition_completes_it(string row, FailurePoint fault)
    {
        await AddMany(AuditLog.PageSize + 1);
        _time.Advance(TimeSpan.FromDays(400));
        Storage.FailNext(row, "audit:3", fault);
        await Assert.ThrowsAnyAsync<NotDurableException>(Grain.Trim);
        await TryAgain.Until(Grain.Trim);
        Assert.Equal((AuditLog.PageSize, 0), ((await Read()).Missing, (await Read()).Entries.Length));
        Assert.False(Storage.Has(Page, "s:0:audit:3"));
        Assert.Equal(AuditLog.PageSize + 2, await Grain.Add(Entry("next"), isUnique: true));
    }

    [Fact]
    public async Task A_query_for_a_period_skips_whole_segments_and_returns_the_entries_of_the_period()
    {
        await AddMany(2 * SegmentEntries);
        _time.Advance(TimeSpan.FromDays(1));
        var from = _time.GetUtcNow();
        await AddMany(3);
        _time.Advance(TimeSpan.FromDays(1));
        await AddMany(3);

        var page = await Grain.Read(new() { MaxEntries = 100, From = from, To = from + TimeSpan.FromHours(1) });
        Assert.Equal([2 * SegmentEntries + 1, 2 * SegmentEntries + 2, 2 * SegmentEntries + 3], page.Entries.Select(entry => entry.Number));
        Assert.Equal((0, false), (page.Missing, page.HasMore));
    }

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        silo.Services.Configure<AuditOptions>(options => options.MaxBytes = 64 * 1024 * 1024);
    }

    private AuditEntry Entry(string action) =>
        new() { Time = _time.GetUtcNow(), Action = action, Conductor = Shop, Mark = AuditMark.New().Value };

    private async Task<AuditEntry> Add(string action)
    {
        var entry = Entry(action);
        return entry with { Number = await Grain.Add(entry, isUnique: true) };
    }

    private Task End(AuditEntry entry, string outcome) => Grain.End(new(entry.Number, entry.Mark, outcome, null));

    private async Task AddMany(int count, string? detail = null)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(256))
        {
            await Task.WhenAll(chunk.Select(_ =>
                Grain.Add(Entry("many") with { Outcome = "done", Detail = detail }, isUnique: true)));
        }
    }

    private Task<AuditPartPage> Read(long after = 0) => Grain.Read(new() { After = after, MaxEntries = 100 });
}
