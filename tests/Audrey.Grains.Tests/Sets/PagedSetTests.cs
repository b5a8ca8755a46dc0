using Audrey.Abstractions;
using Audrey.Grains.Sets;
using Audrey.Grains.Tests.Cluster;
using Audrey.Testing;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Sets;

[Collection(ClusterCollection.Name)]
public sealed class PagedSetTests(ClusterFixture fixture)
{
    private readonly string _owner = "1:set-" + Guid.NewGuid().ToString("N");

    private IMembersGrain Page0 => Page(0);

    [Fact]
    public async Task Ids_that_are_added_concurrently_share_writes_and_fill_further_pages()
    {
        await Task.WhenAll(Ids(400).Select(id => Page0.Add(id)));

        Assert.Equal(Ids(400), (await All()).Order());
        Assert.Equal(4, (await Page0.Read(0)).Pages);
        Assert.InRange(fixture.Storage.Writes(_owner), 4, 399);
    }

    [Fact]
    public async Task An_addition_returns_its_page_and_an_existing_id_causes_no_write()
    {
        foreach (var id in Ids(130)) await Page0.Add(id);
        var writes = fixture.Storage.Writes(_owner);

        Assert.Equal(0, await Page0.Add(Ids(130).First()));
        Assert.Equal(1, await Page0.Add(Ids(130).Last()));
        Assert.Equal(writes, fixture.Storage.Writes(_owner));
    }

    [Fact]
    public async Task A_set_loses_no_id_whenever_its_pages_restart()
    {
        var adding = Task.WhenAll(Ids(300).Select(Add));
        for (var i = 0; i < 10; i++)
            for (var page = 0; page < 3; page++) await fixture.Restart(Page(page));
        await adding;
        for (var page = 0; page < 3; page++) await fixture.Restart(Page(page));

        Assert.Equal(Ids(300), (await All()).Distinct().Order());
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task An_id_whose_addition_was_acknowledged_is_in_the_set_despite_failed_writes(FailurePoint fault)
    {
        var told = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            fixture.Storage.FailNext("members", _owner, fault, times: 2);

            // Each id is added twice. If the write of the first addition fails, the second addition must not succeed.
            var adding = Ids(60).Select(id => $"{round} {id}").SelectMany(id => new[] { id, id }).Select(async id =>
                await Tried(id) ? id : null);
            told.AddRange((await Task.WhenAll(adding)).OfType<string>());
        }

        // It is possible that every addition so far shared a write that failed. This addition succeeds in any case.
        fixture.Storage.Heal();
        const string Last = "after the faults";
        await Deadlines.Until(() => Tried(Last), "the addition after the faults");
        told.Add(Last);
        var before = await All();
        for (var page = 0; page < 4; page++) await fixture.Restart(Page(page));
        var after = await All();

        Assert.Subset(after.ToHashSet(), told.ToHashSet());
        Assert.Subset(after.ToHashSet(), before.ToHashSet());
    }

    [Fact]
    public async Task Only_durable_ids_are_read()
    {
        await Page0.Add("a");
        fixture.Storage.FailNext("members", _owner, FailurePoint.BeforeWrite);

        await Assert.ThrowsAsync<NotDurableException>(() => Page0.Add("b"));

        Assert.Equal("a", Assert.Single(await All()));
        await Page0.Add("b");
        Assert.Equal(["a", "b"], await All());
    }

    [Fact]
    public async Task An_id_is_removed_from_every_page_and_can_be_added_again()
    {
        foreach (var id in Ids(140)) await Page0.Add(id);

        await Page0.Remove(Ids(140).First());
        await Page0.Remove(Ids(140).Last());
        Assert.Equal(Ids(140).Skip(1).SkipLast(1), (await All()).Order());

        await Task.WhenAll(Page0.Remove("x"), Page0.Add("x"));
        await Page0.Add("x");
        Assert.Contains("x", await All());
    }

    [Fact]
    public async Task A_cleared_set_has_no_rows_and_can_be_filled_again()
    {
        await Task.WhenAll(Ids(300).Select(id => Page0.Add(id)));

        await Page0.Clear();
        Assert.Empty(await All());
        Assert.False(fixture.Storage.Has("members", _owner));
        await Page0.Clear();

        await Page0.Add("a");
        Assert.Equal("a", Assert.Single(await All()));
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task A_failed_clear_can_be_repeated(FailurePoint fault)
    {
        await Task.WhenAll(Ids(300).Select(id => Page0.Add(id)));
        for (var page = 2; page >= 0; page--)
        {
            fixture.Storage.FailNext("members", $":{page}:{_owner}", fault);
            await Assert.ThrowsAsync<NotDurableException>(() => Page0.Clear());
        }

        await Page0.Clear();

        Assert.Empty(await All());
        Assert.False(fixture.Storage.Has("members", _owner));
    }

    [Fact]
    public async Task The_reports_of_a_large_deployable_contain_each_instance_once_even_after_repeated_registrations()
    {
        var d = fixture.Deployment();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            // When this write fails, the instance is already among the members, and the registration is not undone.
            if (i % 10 == 0) fixture.Storage.FailNext("definition", $"i{i}-{d.Tag}", FailurePoint.BeforeWrite);
            while (true)
            {
                try
                {
                    await d.Register(d.Config($"i{i}"));
                    return;
                }
                catch (Exception failure) when (TryAgain.After(failure))
                {
                }
            }
        }));

        var pages = (await d.Grain.GetHeader())!.Pages;
        var reports = new List<string>();
        for (var page = 0; page < pages; page++) reports.AddRange((await d.Grain.GetReports(page)).Select(report => report.Name));

        Assert.InRange(pages, 3, 4);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"i{i}").Order(), reports.Order());
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(1000, count).Select(i => $"id {i}");

    private IMembersGrain Page(int page) => fixture.Grains.GetGrain<IMembersGrain>(new SetKey(page, _owner).ToString());

    private async Task<List<string>> All()
    {
        var ids = new List<string>();
        for (var page = 0; ; page++)
        {
            var read = await Page0.Read(page);
            ids.AddRange(read.Ids);
            if (page + 1 >= read.Pages) return ids;
        }
    }

    private async Task Add(string id)
    {
        while (!await Tried(id))
        {
        }
    }

    private async Task<bool> Tried(string id)
    {
        try
        {
            await Page0.Add(id);
            return true;
        }
        catch (Exception failure) when (TryAgain.After(failure))
        {
            return false;
        }
    }
}
