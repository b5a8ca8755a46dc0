using Audrey.Agent.Commands;

namespace Audrey.Agent.Tests.Running;

public sealed class Version2EnduranceTests() : EnduranceTests(2)
{
    public static TheoryData<string, string> Misbehaviour() => MisbehaviourAt("GET version", "GET params", "PUT params", "GET configs", "GET files");

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public Task A_server_that_misbehaves_for_a_while_is_outlasted(string kind, string way) => OutlastAsync(kind, way);

    [Fact]
    public async Task A_request_says_its_time_however_wrong_the_clock_is()
    {
        _guest.Time.AdjustTime(new DateTimeOffset(1971, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(ExitCode.Success, await _guest.RunAsync());

        Assert.Contains(_server.Requests, request => request.Query.Contains("oauth_timestamp=31536000&", StringComparison.Ordinal));
    }
}
