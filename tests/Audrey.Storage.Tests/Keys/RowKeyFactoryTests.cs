using Audrey.Storage.Keys;
using Audrey.Storage.Tests.Support;

namespace Audrey.Storage.Tests.Keys;

public sealed class RowKeyFactoryTests
{
    private readonly RowKeyFactory _keys = new(DirectStorage.ServiceId);

    [Theory]
    [InlineData("00ff")]
    [InlineData("ff")]
    [InlineData("abcd")]
    [InlineData("8C4F8A343A0B4C579BE0000000000001")]
    [InlineData("ab+extension")]
    public void A_key_that_the_stock_storage_would_store_in_the_row_of_another_key_is_refused(string key)
    {
        var error = Assert.Throws<ArgumentException>(() => _keys.Create(Grains.StateName, Grains.Named(key)));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains("i:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i:00ff")]
    [InlineData("i:8C4F8A343A0B4C579BE0000000000001")]
    [InlineData("xyz")]
    public void A_key_that_is_not_a_number_is_stored_unchanged(string key) =>
        Assert.Equal((0L, 0L, key), Parts(_keys.Create(Grains.StateName, Grains.Named(key))));

    [Fact]
    public void Names_and_keys_that_do_not_fit_the_columns_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _keys.Create(Grains.StateName, Grains.Named("i:" + new string('x', 511))));
        Assert.Throws<ArgumentException>(() => _keys.Create(Grains.StateName, Grains.Named("i:\0")));
        Assert.Throws<ArgumentException>(() => _keys.Create("State`1[[System.String]]", Grains.Named("i:1")));
        Assert.Throws<ArgumentException>(() => _keys.Create("", Grains.Named("i:1")));
        Assert.Throws<ArgumentException>(() => new RowKeyFactory(new string('x', 151)));
    }

    private static (long, long, string?) Parts(RowKey key) => (key.GrainIdN0, key.GrainIdN1, key.GrainIdExtensionString);
}
