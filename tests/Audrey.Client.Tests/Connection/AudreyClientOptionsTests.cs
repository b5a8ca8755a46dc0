using Audrey.Client.Tests.Support;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Audrey.Client.Tests.Connection;

public sealed class AudreyClientOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:30000")]
    [InlineData("audrey.example.org:30000")]
    [InlineData("[::1]:30000")]
    public void Options_with_a_conductor_and_a_gateway_are_valid(string gateway) =>
        Assert.Empty(Problems(new() { Conductor = Some.Conductor, Secret = Some.Secret, Gateways = [gateway] }));

    [Fact]
    public void Options_with_a_conductor_and_a_membership_database_are_valid() =>
        Assert.Empty(Problems(new() { Conductor = Some.Conductor, Secret = Some.Secret, ConnectionString = "Host=db;Database=audrey" }));

    [Fact]
    public void Every_problem_is_reported_at_once_and_before_connecting()
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

        var error = Assert.Throws<ArgumentException>(() => new AudreyClient(options));

        Assert.Equal(16, Problems(options).Count);
        foreach (var problem in Problems(options)) Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("AudreyClientOptions:Deadline is 00:00:00.001; it must be between 00:00:00.1 and 01:00:00.", Problems(options));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_name_neither_a_gateway_nor_a_membership_database_are_refused() =>
        Assert.Contains(
            "give one of them",
            Assert.Single(Problems(new() { Conductor = Some.Conductor, Secret = Some.Secret })),
            StringComparison.Ordinal);

    [Fact]
    public async Task The_client_is_added_to_services_with_options_from_the_configuration()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Audrey:Client:Conductor"] = "shop",
                ["Audrey:Client:Secret"] = "a secret",
                ["Audrey:Client:Gateways:0"] = "127.0.0.1:30000",
                ["Audrey:Client:Deadline"] = "00:00:20",
                ["Audrey:Client:Limits:MaxServices"] = "7",
            })
            .Build();
        var services =
            new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton<ILoggerFactory, NullLoggerFactory>();
        services.AddAudreyClient(options => options.MaxConcurrency = 4).BindConfiguration(AudreyClientOptions.Section);
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<AudreyClientOptions>>().Value;
        var client = provider.GetRequiredService<IAudreyClient>();

        Assert.Equal((ConductorKey.Parse("shop"), 4), (client.Conductor, options.MaxConcurrency));
        Assert.Equal(
            ("127.0.0.1:30000", TimeSpan.FromSeconds(20), 7),
            (options.Gateways.Single(), options.Deadline, options.Limits.MaxServices));
        Assert.Same(provider.GetRequiredService<ILoggerFactory>(), options.LoggerFactory);
        Assert.Same(client, provider.GetRequiredService<IAudreyClient>());
    }

    [Fact]
    public async Task A_client_with_wrong_options_cannot_be_resolved()
    {
        var services = new ServiceCollection();
        services.AddAudreyClient(options => options.Conductor = Some.Conductor);
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IAudreyClient>);

        Assert.Contains("Audrey:Client:Gateways is empty", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Problems(AudreyClientOptions options) => [.. SettingsCheck.Problems(options, nameof(AudreyClientOptions))];
}
