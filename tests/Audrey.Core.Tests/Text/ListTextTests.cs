using Audrey.Core.Text;
using CsCheck;

namespace Audrey.Core.Tests.Text;

public sealed class ListTextTests
{
    private static readonly string[] Items = ["", " ", "a", "b c", "\r", "ü"];

    [Fact]
    public void A_list_whose_items_have_no_line_feeds_is_read_as_it_was_written() =>
        Gen.Int[0, Items.Length - 1].Array[0, 5].Sample(chosen =>
        {
            string[] items = [.. chosen.Select(index => Items[index])];
            Assert.Equal(items, ListText.Split(ListText.Join(items)));
        });

    [Theory]
    [InlineData("")]
    [InlineData("\n", "")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb\n", "a", "b")]
    [InlineData("a\n\n", "a", "")]
    [InlineData("\na", "", "a")]
    public void A_line_feed_ends_a_line_and_begins_no_further_item(string text, params string[] items) =>
        Assert.Equal(items, ListText.Split(text));
}
