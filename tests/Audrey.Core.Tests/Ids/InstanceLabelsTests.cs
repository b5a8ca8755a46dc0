using Audrey.Core.Ids;

namespace Audrey.Core.Tests.Ids;

public sealed class InstanceLabelsTests
{
    private static readonly InstanceId Id = InstanceId.Parse("7f0c");

    [Theory]
    [InlineData("web", 1, false, "web-1")]
    [InlineData("web", 1, true, "web-1")]
    [InlineData("db", null, false, "db")]
    [InlineData("db", null, true, "7f0c")]
    [InlineData("", null, false, "7f0c")]
    [InlineData("", 1, true, "7f0c")]
    public void A_label_is_the_assembly_with_the_ordinal_or_the_UUID_if_nothing_makes_the_name_unique(
        string assembly, int? ordinal, bool isIndividual, string label) =>
        Assert.Equal(label, InstanceLabels.Of(assembly, ordinal, Id, isIndividual));

    [Fact]
    public void Members_have_no_ordinal_whose_label_an_assembly_has()
    {
        HashSet<string> ungrouped = ["web-2", "web-05", "db"];

        Assert.Equal([0, 1, 3, 4, 5], InstanceLabels.OrdinalsOf("web", 0, ungrouped).Take(5));
        Assert.Equal([3], InstanceLabels.OrdinalsOf("web", 2, ungrouped).Take(1));
        Assert.Empty(InstanceLabels.OrdinalsOf("web", 0, ungrouped).Take(0));
    }

    [Theory]
    [InlineData("web-1", "web", 1)]
    [InlineData("web-1-20", "web-1", 20)]
    [InlineData("-x-0", "-x", 0)]
    public void The_label_of_a_member_can_be_split(string label, string assembly, int ordinal)
    {
        Assert.True(InstanceLabels.TryParseMember(label, out var parsed, out var number));
        Assert.Equal((assembly, ordinal), (parsed, number));
        Assert.Equal(ordinal, InstanceLabels.OrdinalIn(label, assembly));
        Assert.Null(InstanceLabels.OrdinalIn(label, "other"));
    }

    [Theory]
    [InlineData("web"), InlineData("web-"), InlineData("-1"), InlineData("web-01"), InlineData("web-+1"), InlineData("web- 1")]
    [InlineData("web-99999999999"), InlineData("")]
    public void Another_label_is_not_split(string label)
    {
        Assert.False(InstanceLabels.TryParseMember(label, out _, out _));
        Assert.Null(InstanceLabels.OrdinalIn(label, "web"));
    }

    [Fact]
    public void A_sentence_shows_the_assembly_where_the_label_is_the_UUID_or_is_not_known()
    {
        Assert.Equal("web-1 (7f0c)", InstanceLabels.Describe("web-1", "web", "7f0c"));
        Assert.Equal("web (7f0c)", InstanceLabels.Describe("7f0c", "web", "7f0c"));
        Assert.Equal("web (7f0c)", InstanceLabels.Describe(null, "web", "7f0c"));
        Assert.Equal("7f0c", InstanceLabels.Describe(null, null, "7f0c"));
    }
}
