using Audrey.Grains.Registration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Tests.Registration;

public sealed class SourceFetchOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Services([]).GetRequiredService<IStartupValidator>().Validate();

    [Fact]
    public void Settings_are_bound_from_their_section()
    {
        var options = Services(new()
        {
            ["Audrey:Sources:AllowedNetworks:0"] = "127.0.0.0/8",
            ["Audrey:Sources:Timeout"] = "00:00:05",
            ["Audrey:Sources:MaxConcurrent"] = "8",
        }).GetRequiredService<IOptions<SourceFetchOptions>>().Value;
        Assert.Equal("127.0.0.0/8", Assert.Single(options.AllowedNetworks));
        Assert.Equal((TimeSpan.FromSeconds(5), 8), (options.Timeout, options.MaxConcurrent));
    }

    [Fact]
    public void All_settings_out_of_range_are_reported_together_at_the_start()
    {
        var services = Services(new()
        {
            ["Audrey:Sources:AllowedNetworks:0"] = "127.0.0.1/33",
            ["Audrey:Sources:AllowedNetworks:1"] = "10.0.0.0/8",
            ["Audrey:Sources:AllowedNetworks:2"] = "home",
            ["Audrey:Sources:Timeout"] = "01:00:00",
            ["Audrey:Sources:MaxConcurrent"] = "0",
        });
        var failures = Assert.Throws<OptionsValidationException>(
            services.GetRequiredService<IStartupValidator>().Validate).Failures.ToArray();
        Assert.Equal(4, failures.Length);
        Assert.Equal("Audrey:Sources:Timeout is 01:00:00; it must be between 00:00:00.1 and 00:02:00.", failures[0]);
        Assert.Equal("Audrey:Sources:MaxConcurrent is 0; it must be between 1 and 1024.", failures[1]);
        Assert.StartsWith("Audrey:Sources:AllowedNetworks:0 is not a network", failures[2], StringComparison.Ordinal);
        Assert.StartsWith("Audrey:Sources:AllowedNetworks:2 is not a network", failures[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_registration_of_the_fetcher_changes_nothing()
    {
        var services = new ServiceCollection().AddSourceFetching();
        var count = services.Count;
        Assert.Equal(count, services.AddSourceFetching().Count);
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddLogging()
        .AddSourceFetching()
        .BuildServiceProvider();
}
