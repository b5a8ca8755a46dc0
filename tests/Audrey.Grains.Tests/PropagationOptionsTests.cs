namespace Audrey.Grains.Tests;

public sealed class PropagationOptionsTests
{
    [Fact]
    public void The_defaults_are_in_range() => Assert.True(new PropagationOptionsValidator().Validate(null, new PropagationOptions()).Succeeded);

    [Fact]
    public void Every_setting_out_of_range_is_named_at_once()
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

        var problems = new PropagationOptionsValidator().Validate(null, wrong).Failures!.ToArray();

        foreach (var setting in typeof(PropagationOptions).GetProperties())
            Assert.Single(problems, problem => problem.Contains("Audrey:Propagation:" + setting.Name, StringComparison.Ordinal));
    }
}
