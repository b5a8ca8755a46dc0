using System.Globalization;
using Audrey.Gateway.Credentials;

namespace Audrey.Gateway.Tests.Credentials;

public sealed class BoundedCacheTests
{
    [Fact]
    public void An_entry_is_found_until_it_is_removed()
    {
        var cache = new BoundedCache<string>(10);
        cache.Set("a", "1");
        cache.Set("a", "2");
        Assert.Equal("2", cache.Find("a"));
        cache.Remove("a");
        Assert.Null(cache.Find("a"));
    }

    [Fact]
    public void The_cache_never_holds_more_entries_than_its_capacity()
    {
        var cache = new BoundedCache<string>(100);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(i.ToString(CultureInfo.InvariantCulture), "");
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.NotNull(cache.Find("9999"));
        Assert.Null(cache.Find("0"));
    }

    [Fact]
    public void Entries_in_use_are_not_evicted()
    {
        var cache = new BoundedCache<string>(100);
        cache.Set("used", "yes");
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(i.ToString(CultureInfo.InvariantCulture), "");
            Assert.Equal("yes", cache.Find("used"));
        }
    }

    [Fact]
    public void The_cache_can_be_used_by_many_threads()
    {
        var cache = new BoundedCache<string>(1000);
        Parallel.For(0, 100_000, i =>
        {
            var key = (i % 5000).ToString(CultureInfo.InvariantCulture);
            if (cache.Find(key) is { } found) Assert.Equal(key, found);
            else cache.Set(key, key);
            if (i % 7 == 0) cache.Remove(key);
        });
        Assert.InRange(cache.Count, 0, 1100);
    }
}
