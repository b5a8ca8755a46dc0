using System.Text;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Tests.Requests;

public sealed class JsonInputTests
{
    [Theory]
    [InlineData("{\"values\":\n{\"a\xff\":1}}", "The body is wrong because it is not UTF-8, line 2, byte 4.")]
    [InlineData("\xc3\x28", "The body is wrong because it is not UTF-8, line 1, byte 1.")]
    [InlineData("{\"values\":{\"\\ud800\":1}}", "The body is wrong")]
    [InlineData("{\"\\ud800\":1}", null)]
    [InlineData("{\"generation\":1e999}", "The body is wrong at $.generation, line 1, byte ")]
    [InlineData("null", "The body is null; an object is expected.")]
    public void Wrong_JSON_is_a_problem_with_the_place_of_the_error(string body, string? detail)
    {
        var failure = Record.Exception(() => JsonInput.Parse(Encoding.Latin1.GetBytes(body), Version3Json.Default.ValuesRequest));
        if (detail is null) Assert.True(failure is null or ProblemException);
        else Assert.StartsWith(detail, Assert.IsType<ProblemException>(failure).Problem.Detail, StringComparison.Ordinal);
    }
}
