using System.Reflection;
using Audrey.Core.Limits;

namespace Audrey.Core.Tests.Limits;

public sealed class DocumentLimitsValidationTests
{
    [Fact]
    public void The_defaults_are_within_their_ranges() => Assert.Empty(DocumentLimitsValidation.Problems(new DocumentLimits()));

    [Fact]
    public void Every_limit_out_of_its_range_is_named_with_the_range()
    {
        var limits = new DocumentLimits { MaxServices = 0, MaxNameLength = 4097, MaxValueBytes = 1 };
        Assert.Equal(
            ["MaxNameLength is 4097; allowed are 1 to 4096", "MaxServices is 0; allowed are 1 to 10000"],
            DocumentLimitsValidation.Problems(limits).AsEnumerable());
    }

    [Fact]
    public void Every_limit_has_a_range()
    {
        foreach (var property in typeof(DocumentLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var limits = new DocumentLimits();
            property.SetValue(limits, -1);
            Assert.StartsWith(
                property.Name + " is -1;", Assert.Single(DocumentLimitsValidation.Problems(limits)), StringComparison.Ordinal);
        }
    }
}
