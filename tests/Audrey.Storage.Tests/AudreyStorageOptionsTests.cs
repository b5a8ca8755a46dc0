using Audrey.Hosting.Settings;

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
        }).Failures!.ToArray();

        string[] settings =
        [
            "DataDirectory", "HotProvider", "QueueCapacity", "QueueBytes", "MaxBatch", "MaxPayloadBytes", "ReadConnections", "BusyTimeout",
        ];
        Assert.Equal(settings.Length, failures.Length);
        Assert.All(settings, setting => Assert.Contains(
            failures, failure => failure.StartsWith($"Audrey:Storage:{setting} ", StringComparison.Ordinal)));
    }

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
