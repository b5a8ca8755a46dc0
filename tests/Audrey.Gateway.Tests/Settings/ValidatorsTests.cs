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
        Assert.Empty(SettingsCheck.Problems(new ProxyOptions(), ProxyOptions.Section));
        Assert.Empty(SettingsCheck.Problems(new DocumentLimits(), DocumentLimits.Section));
    }

    [Fact]
    public void Every_problem_is_reported_by_the_options_name()
    {
        var options = new GatewayOptions { CallDeadline = TimeSpan.Zero, CachedCredentials = 1, MaxHeaderBytes = 1, DrainDelay = TimeSpan.FromHours(1) };
        var failures = SettingsCheck.Problems(options, GatewayOptions.Section).ToList();
        Assert.Equal(4, failures.Count);
        Assert.Contains("Audrey:Gateway:CallDeadline is 00:00:00; it must be between 00:00:00.1 and 00:05:00.", failures);
    }

    [Fact]
    public void Conductors_need_keys_of_their_own_and_secrets_and_no_secret_is_quoted()
    {
        var options = new ConductorOptions();
        options.Conductors.Add(new ConductorEntry { Key = "one", Secret = "first-secret" });
        options.Conductors.Add(new ConductorEntry { Key = "one", Secret = "second-secret" });
        options.Conductors.Add(new ConductorEntry { Key = "a/b", Secret = "" });
        options.Conductors.Add(new ConductorEntry { Key = "", Secret = new string('s', 5000) });
        var failures = SettingsCheck.Problems(options, ConductorOptions.Section).ToList();
        Assert.Equal(5, failures.Count);
        Assert.Contains("Audrey:Conductors:1:Key is 'one', which another conductor has already.", failures);
        Assert.DoesNotContain(failures, failure => failure.Contains("first-secret", StringComparison.Ordinal) || failure.Contains("sss", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("proxy.example.com", false)]
    [InlineData("", false)]
    public void Proxies_are_networks_or_addresses(string text, bool valid)
    {
        var options = new ProxyOptions();
        options.Networks.Add(text);
        Assert.Equal(valid, !SettingsCheck.Problems(options, ProxyOptions.Section).Any());
    }
}
