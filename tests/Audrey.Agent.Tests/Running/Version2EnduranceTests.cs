using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Tests.Running;

public sealed class Version2EnduranceTests() : EnduranceTests(2)
{
    public static TheoryData<string, string> Misbehaviour() =>
        MisbehaviourFor("GET version", "GET params", "PUT params", "GET configs", "GET files");

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public Task The_run_survives_a_server_that_misbehaves(string kind, string way) => SurviveAsync(kind, way);

    [Fact]
    public async Task A_request_is_signed_with_the_time_of_a_wrong_clock()
    {
        _guest.Time.AdjustTime(new DateTimeOffset(1971, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Contains(_server.Requests, request => request.Query.Contains("oauth_timestamp=31536000&", StringComparison.Ordinal));
    }
}
