using Audrey.Hosting.Settings;
using Npgsql;

namespace Audrey.Storage.Tests;

public sealed class AudreyStorageOptionsTests
{
    private readonly SettingsValidator<AudreyStorageOptions> _validator = new(AudreyStorageOptions.Section);

    [Fact]
    public void The_defaults_require_only_a_data_directory()
    {
        Assert.True(_validator.Validate(null, new AudreyStorageOptions { DataDirectory = "data" }).Succeeded);
        Assert.Equal(
            ["Audrey:Storage:DataDirectory is not set; name the directory for the SQLite file."],
            _validator.Validate(null, new AudreyStorageOptions()).Failures);
    }

    [Fact]
    public void All_wrong_settings_are_reported_together()
    {
        var failures = _validator.Validate(null, new AudreyStorageOptions
        {
            HotProvider = (HotProvider)7,
            QueueCapacity = 0,
            QueueBytes = 0,
            MaxBatch = 5000,
            MaxPayloadBytes = 1,
            ReadConnections = 0,
            BusyTimeout = TimeSpan.FromHours(1),
            MaxConnections = 7,
        }).Failures!.ToArray();

        string[] settings =
        [
            "DataDirectory", "HotProvider", "QueueCapacity", "QueueBytes", "MaxBatch", "MaxPayloadBytes", "ReadConnections", "BusyTimeout",
            "MaxConnections",
        ];
        Assert.Equal(settings.Length, failures.Length);
        Assert.All(settings, setting => Assert.Contains(
            failures, failure => failure.StartsWith($"Audrey:Storage:{setting} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", 20, 4)]
    [InlineData(";Maximum Pool Size=50", 20, 4)]
    [InlineData(";Maximum Pool Size=3", 3, 3)]
    public void The_connections_of_the_storage_and_of_the_membership_are_bounded(string more, int storage, int membership)
    {
        var options = new AudreyStorageOptions
        {
            Kind = StorageKind.PostgreSql,
            ConnectionString = "Host=db;Database=a;Password=secret" + more,
        };

        var (first, second) = (new NpgsqlConnectionStringBuilder(options.GetStorageConnectionString()),
            new NpgsqlConnectionStringBuilder(options.GetMembershipConnectionString()));
        Assert.Equal((storage, membership), (first.MaxPoolSize, second.MaxPoolSize));
        Assert.Equal(("db", "secret"), (first.Host, second.Password));
    }

    /// <summary>Three silos and two gateways fit into a stock PostgreSQL server, which allows 97 connections.</summary>
    [Fact]
    public void The_connections_of_a_cluster_with_default_settings_fit_into_a_stock_server() => Assert.InRange(
        3 * new AudreyStorageOptions().MaxConnections + 2 * AudreyStorageOptions.MembershipConnections, 1, 97);

    [Theory]
    [InlineData("")]
    [InlineData("Host=db")]
    [InlineData("Host=db;Database=a;Password=not-to-be-shown;Nonsense=1")]
    public void The_error_for_an_invalid_connection_string_does_not_show_it(string connectionString)
    {
        var result = _validator.Validate(
            null,
            new AudreyStorageOptions { Kind = StorageKind.PostgreSql, ConnectionString = connectionString });
        Assert.Contains("Storage:ConnectionString", Assert.Single(result.Failures!), StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", result.FailureMessage, StringComparison.Ordinal);
    }
}
