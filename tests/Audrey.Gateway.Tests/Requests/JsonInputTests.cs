using System.Text;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Tests.Requests;

public sealed class JsonInputTests
{
    [Theory]
    [InlineData("{\"values\":\n{\"a\xff\":1}}", "The body is wrong because it is not UTF-8, line 2, byte 4: send JSON in UTF-8.")]
    [InlineData("\xc3\x28", "The body is wrong because it is not UTF-8, line 1, byte 1: send JSON in UTF-8.")]
    [InlineData("{\"values\":{\"\\ud800\":1}}", "The body is wrong")]
    [InlineData("{\"\\ud800\":1}", null)]
    [InlineData("{\"generation\":1e999}", "The body is wrong at $.generation, line 1, byte ")]
    [InlineData("null", "The body is null; an object is expected.")]
    [InlineData("{\"generation\":\"one\"}", "The body is wrong at $.generation, line 1, byte 20: it must be a number.")]
    [InlineData("{\"values\":[1]}", "The body is wrong at $.values, line 1, byte 12: it must be an object.")]
    [InlineData("{\"values\":", "The body is wrong at $.values, line 1, byte 11: the text ends too early; close every string")]
    [InlineData("", "The body is wrong at $, line 1, byte 1: the text ends too early")]
    [InlineData("{'values': {}}", "The body is wrong at $, line 1, byte 2: it is not JSON; write names and strings in double quotes")]
    [InlineData("{\"generation\":1,\"generation\":1}", "The body is wrong at $.generation, line 1, byte 30: a member occurs twice")]
    public void Wrong_JSON_is_a_problem_with_the_place_of_the_error(string body, string? detail)
    {
        var failure = Record.Exception(() => JsonInput.Parse(Encoding.Latin1.GetBytes(body), Version3Json.Default.ValuesRequest));
        if (detail is null) Assert.True(failure is null or ProblemException);
        else Assert.StartsWith(detail, Assert.IsType<ProblemException>(failure).Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\":1}", "it must be a string")]
    [InlineData("{\"name\":\"n\",\"instances\":{}}", "it must be a list")]
    [InlineData("{\"name\":\"n\",\"instances\":[{\"provide\":[7]}]}", "it must be an object")]
    [InlineData("{\"name\":\"n\",\"instances\":[{\"services\":[{\"parameters\":[{\"secret\":\"yes\"}]}]}]}", "it must be true or false")]
    [InlineData("{\"name\":\"n\",\"deadlineSeconds\":\"soon\"}", "it must be a number")]
    [InlineData("{\"name\":\"n\",\"instances\":[{\"ordinal\":99999999999999}]}", "it must be a whole number")]
    public void The_problem_says_what_is_wanted_instead(string body, string wanted)
    {
        var failure = Record.Exception(() => JsonInput.Parse(Encoding.UTF8.GetBytes(body), Version3Json.Default.DeployableRequest));
        Assert.Contains(wanted, Assert.IsType<ProblemException>(failure).Problem.Detail, StringComparison.Ordinal);
    }
}
