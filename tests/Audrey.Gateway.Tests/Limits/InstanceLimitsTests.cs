using Audrey.Gateway.Limits;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Limits;

public sealed class InstanceLimitsTests
{
    private readonly InstanceLimits _limits = new(Options.Create(new GatewayOptions { MaxActivePerInstance = 2 }));

    [Fact]
    public void Each_instance_has_its_own_limit()
    {
        Assert.True(_limits.TryBegin("a"));
        Assert.True(_limits.TryBegin("a"));
        Assert.False(_limits.TryBegin("a"));
        Assert.True(_limits.TryBegin("b"));
        _limits.End("a");
        Assert.True(_limits.TryBegin("a"));
        Assert.False(_limits.TryBegin("a"));
    }

    [Fact]
    public void A_poll_that_continues_counts_although_the_limit_is_reached()
    {
        Assert.True(_limits.TryBegin("a"));
        _limits.End("a");
        Assert.True(_limits.TryBegin("a"));
        Assert.True(_limits.TryBegin("a"));
        Assert.Equal(3, _limits.Resume("a"));
        _limits.End("a");
        Assert.False(_limits.TryBegin("a"));
    }

    [Fact]
    public void An_instance_without_a_request_in_progress_uses_no_memory()
    {
        Parallel.For(0, 10_000, number =>
        {
            var uuid = $"{number % 7}";
            if (_limits.TryBegin(uuid)) _limits.End(uuid);
        });
        Assert.Equal(0, _limits.Instances);
    }
}
