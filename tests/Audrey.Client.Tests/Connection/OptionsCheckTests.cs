using Audrey.Client.Connection;
using Audrey.Client.Tests.Support;
using Audrey.Core.Limits;

namespace Audrey.Client.Tests.Connection;

public sealed class OptionsCheckTests
{
    [Theory]
    [InlineData("127.0.0.1:30000")]
    [InlineData("audrey.example.org:30000")]
    [InlineData("[::1]:30000")]
    public void Options_with_a_gateway_are_enough(string gateway) =>
        Assert.Empty(OptionsCheck.Problems(new AudreyClientOptions { Conductor = Some.Conductor, Gateways = [gateway] }));

    [Fact]
    public void Options_with_a_membership_database_are_enough() =>
        Assert.Empty(OptionsCheck.Problems(new AudreyClientOptions { Conductor = Some.Conductor, ConnectionString = "Host=db;Database=audrey" }));

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_and_before_connecting()
    {
        var options = new AudreyClientOptions
        {
            Conductor = default,
            Gateways = ["nowhere", "::1:5", "host:0", "host:65536", "ho st:1", "host:+5"],
            ConnectionString = "Password=hunter2;Nonsense=1",
            ClusterId = "",
            ServiceId = " ",
            Deadline = TimeSpan.FromMilliseconds(1),
            AttemptTimeout = TimeSpan.FromMinutes(5),
            MaxConcurrency = 0,
            Limits = new DocumentLimits { MaxServices = 0 },
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => AudreyClient.ConnectAsync(options));

        Assert.Equal(15, OptionsCheck.Problems(options).Count());
        foreach (var problem in OptionsCheck.Problems(options)) Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_say_nowhere_where_the_cluster_is_cannot_be_used() =>
        Assert.Contains("give one of them", Assert.Single(OptionsCheck.Problems(new AudreyClientOptions { Conductor = Some.Conductor })), StringComparison.Ordinal);
}
