using Audrey.Core.Access;
using Audrey.Core.Limits;
using Audrey.Gateway.Settings;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Tests.Settings;

public sealed class ValidatorsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(SettingsCheck.Problems(new GatewayOptions(), GatewayOptions.Section));
        Assert.Empty(SettingsCheck.Problems(new ConductorOptions(), ConductorOptions.Section));
        Assert.Empty(SettingsCheck.Problems(new BusSettings(), BusSettings.Section));
        Assert.Empty(SettingsCheck.Problems(new ProxyOptions(), ProxyOptions.Section));
        Assert.Empty(SettingsCheck.Problems(new DocumentLimits(), DocumentLimits.Section));
    }

    [Fact]
    public void Every_problem_is_reported_with_the_name_of_the_option()
    {
        var options = new GatewayOptions
        {
            CallDeadline = TimeSpan.Zero,
            CachedCredentials = 1,
            MaxHeaderBytes = 1,
            DrainDelay = TimeSpan.FromHours(1)
        };
        var failures = SettingsCheck.Problems(options, GatewayOptions.Section).ToList();
        Assert.Equal(4, failures.Count);
        Assert.Contains("Audrey:Gateway:CallDeadline is 00:00:00; it must be between 00:00:00.1 and 00:05:00.", failures);
    }

    [Theory]
    [InlineData("", "", false, null)]
    [InlineData("127.0.0.1:0", "", false, null)]
    [InlineData("[::1]:5672", "", false, null)]
    [InlineData("0.0.0.0:5671", "bus.crt", false, null)]
    [InlineData("0.0.0.0:5672", "", true, null)]
    [InlineData("0.0.0.0:5672", "", false, "Audrey:Bus:Listen is '0.0.0.0:5672', which other machines can reach")]
    [InlineData("5672", "", false, "Audrey:Bus:Listen is '5672'; it must be an address and a port")]
    [InlineData("bus.example.org:5672", "", false, "Audrey:Bus:Listen is 'bus.example.org:5672'; it must be an address and a port")]
    public void Other_machines_reach_the_embedded_bus_only_by_TLS_unless_a_setting_allows_it(
        string listen, string certificate, bool withoutTls, string? problem)
    {
        var settings = new BusSettings
        {
            Listen = listen,
            Certificate = certificate,
            Key = certificate.Length > 0 ? "bus.key" : "",
            WithoutTls = withoutTls,
        };
        var problems = SettingsCheck.Problems(settings, BusSettings.Section);
        if (problem is null) Assert.Empty(problems);
        else Assert.StartsWith(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_another_broker_are_checked()
    {
        var settings = new BusSettings
        {
            Broker = "http://bus",
            AdvertisedUrl = "amqp://user:password@bus",
            BrokerProfile = "activemq",
            BrokerUser = "audrey",
        };
        Assert.Equal(
            ["AdvertisedUrl", "Broker", "BrokerPasswordFile", "BrokerProfile"],
            SettingsCheck.Problems(settings, BusSettings.Section)
                .Select(problem => problem.Split(' ')[0].Split(':')[^1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Conductors_need_unique_keys_and_secrets_and_errors_contain_no_secret()
    {
        var options = new ConductorOptions();
        options.Conductors.Add(new ConductorEntry { Key = "one", Secret = "first-secret" });
        options.Conductors.Add(new ConductorEntry { Key = "one", Secret = "second-secret" });
        options.Conductors.Add(new ConductorEntry { Key = "a/b", Secret = "" });
        options.Conductors.Add(new ConductorEntry { Key = "", Secret = new string('s', 5000) });
        var failures = SettingsCheck.Problems(options, ConductorOptions.Section).ToList();
        Assert.Equal(5, failures.Count);
        Assert.Contains("Audrey:Conductors:1:Key is 'one', which is already the key of another conductor.", failures);
        Assert.DoesNotContain(failures, failure =>
            failure.Contains("first-secret", StringComparison.Ordinal) || failure.Contains("sss", StringComparison.Ordinal));
    }

    [Fact]
    public void The_role_of_a_conductor_and_the_conductor_for_which_it_acts_are_checked()
    {
        var options = new ConductorOptions();
        options.Conductors.Add(new ConductorEntry { Key = "kim", Secret = "a-secret", Role = (ConductorRole)7, ActsFor = "a/b" });
        Assert.Collection(
            SettingsCheck.Problems(options, ConductorOptions.Section),
            problem => Assert.StartsWith("Audrey:Conductors:0:ActsFor cannot be used: ", problem, StringComparison.Ordinal),
            problem => Assert.Equal("Audrey:Conductors:0:Role is 7; it must be one of Operator, Administrator, Viewer.", problem));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("proxy.example.com", false)]
    [InlineData("", false)]
    public void A_proxy_must_be_given_as_a_network_or_as_an_address(string text, bool valid)
    {
        var options = new ProxyOptions();
        options.Networks.Add(text);
        Assert.Equal(valid, !SettingsCheck.Problems(options, ProxyOptions.Section).Any());
    }
}
