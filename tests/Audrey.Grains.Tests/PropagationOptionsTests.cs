using Audrey.Hosting.Settings;

namespace Audrey.Grains.Tests;

public sealed class PropagationOptionsTests
{
    [Fact]
    public void The_defaults_are_in_range() => Assert.Empty(SettingsCheck.Problems(new PropagationOptions(), PropagationOptions.Section));

    [Fact]
    public void All_settings_out_of_range_are_reported_together()
    {
        var wrong = new PropagationOptions
        {
            PushBound = TimeSpan.FromSeconds(-1),
            PushRetryDelay = TimeSpan.Zero,
            PushAttempts = 0,
            PullInterval = TimeSpan.Zero,
            RefreshInterval = TimeSpan.Zero,
            DeletionRetryInterval = TimeSpan.Zero,
        };

        var problems = SettingsCheck.Problems(wrong, PropagationOptions.Section).ToArray();

        foreach (var setting in typeof(PropagationOptions).GetProperties())
            Assert.Single(problems, problem => problem.Contains("Audrey:Propagation:" + setting.Name, StringComparison.Ordinal));
    }
}
