using System.Text.Json;
using Audrey.Cli.Output;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Tests.Commands;

public sealed class StatusTextTests
{
    private static readonly InstanceStatus Web = new()
    {
        Id = InstanceId.Parse("web-1"),
        Assembly = "web",
        Deployable = DeployableId.Parse("shop"),
        Generation = 1,
        Registered = DateTimeOffset.UnixEpoch,
        Facts = new Dictionary<string, string>(),
        NotYetProvided = [],
        Services = [],
    };

    [Theory]
    [InlineData(0, "web (web-1): incomplete, not heard from yet")]
    [InlineData(1, "web (web-1): incomplete, not heard from yet, 1 request with a wrong secret since 1970-01-01 00:00:00Z")]
    [InlineData(3, "web (web-1): incomplete, not heard from yet, 3 requests with a wrong secret since 1970-01-01 00:00:00Z")]
    public void The_line_of_an_instance_shows_the_requests_with_a_wrong_secret(int count, string line) =>
        Assert.Equal(line, StatusText.Instance(With(count)));

    [Fact]
    public void The_JSON_of_an_instance_has_the_requests_with_a_wrong_secret()
    {
        var instance = JsonSerializer.SerializeToElement(InstanceOutput.From(With(3)), JsonSerializerOptions.Web);
        var wrong = instance.GetProperty("wrongSecrets");
        Assert.Equal(3, wrong.GetProperty("count").GetInt64());
        Assert.Equal(DateTimeOffset.UnixEpoch, wrong.GetProperty("since").GetDateTimeOffset());
    }

    [Fact]
    public void The_line_of_an_instance_shows_the_values_that_its_guest_has_not_given() => Assert.Equal(
        "web (web-1): incomplete, last heard from 1970-01-01 00:00:00Z, has not given yet: ip, port",
        StatusText.Instance(Web with
        {
            FirstContact = DateTimeOffset.UnixEpoch,
            LastContact = DateTimeOffset.UnixEpoch,
            NotYetProvided = ["ip", "port"],
        }));

    private static InstanceStatus With(int wrongSecrets) =>
        wrongSecrets == 0 ? Web : Web with { WrongSecrets = new(wrongSecrets, DateTimeOffset.UnixEpoch) };
}
