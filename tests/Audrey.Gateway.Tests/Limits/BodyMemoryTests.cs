using System.Net;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Limits;

public sealed class BodyMemoryTests
{
    private const int Max = 1_600_000;

    private readonly BodyMemory _memory = new(Options.Create(new GatewayOptions { MaxBodyMemoryBytes = Max }));

    [Fact]
    public void Proven_senders_can_use_all_of_the_memory_and_return_it()
    {
        using var first = Begin(BodySender.Proven);
        Assert.True(first.TryGrow(Max));
        using var second = Begin(BodySender.Proven);
        Assert.False(second.TryGrow(1));
        first.Dispose();
        first.Dispose();
        Assert.True(second.TryGrow(Max));
        Assert.Equal((Max, Max), (_memory.Held, _memory.Peak));
    }

    [Fact]
    public void One_key_can_use_a_quarter_and_strangers_together_a_sixteenth()
    {
        using var own = Begin(BodySender.WithKey("a"));
        Assert.True(own.TryGrow(Max / 4));
        Assert.False(own.TryGrow(1));
        using var sameKey = Begin(BodySender.WithKey("a"));
        Assert.False(sameKey.TryGrow(1));
        using var stranger = Begin(BodySender.Stranger);
        Assert.True(stranger.TryGrow(Max / 16));
        using var otherStranger = Begin(BodySender.Stranger);
        Assert.False(otherStranger.TryGrow(1));
        using var other = Begin(BodySender.WithKey("b"));
        Assert.True(other.TryGrow(1));
        own.Dispose();
        Assert.True(sameKey.TryGrow(Max / 8));
    }

    [Fact]
    public void Senders_that_have_not_proved_who_they_are_leave_half_to_the_others()
    {
        for (var i = 0; i < 100; i++) Fill(Begin(KeyFrom($"key {i}", $"192.0.2.{i}")));
        using var proven = Begin(BodySender.Proven);
        Assert.True(proven.TryGrow(Max / 2));
    }

    [Fact]
    public void A_further_key_finds_as_much_memory_as_it_leaves_however_many_keys_others_use_up()
    {
        var left = Max / 2;
        for (var i = 0; i < 10; i++)
        {
            var held = Fill(Begin(KeyFrom($"key {i}", $"192.0.2.{i}")));
            Assert.InRange(held, left / 2 - 1, left / 2);
            left -= held;
        }

        using var proven = Begin(BodySender.Proven);
        Assert.True(proven.TryGrow(Max / 2));
    }

    [Fact]
    public void One_source_leaves_a_sixteenth_to_the_others_whatever_keys_it_gives()
    {
        var held = 0;
        for (var i = 0; i < 100; i++) held += Fill(Begin(KeyFrom($"key {i}", "192.0.2.1")));
        Assert.InRange(held, Max / 2 - Max / 16 - 10, Max / 2 - Max / 16);

        using var other = Begin(KeyFrom("another", "192.0.2.2"));
        Assert.True(other.TryGrow(Max / 32));
    }

    [Fact]
    public void One_body_of_the_allowed_size_is_always_within_the_share_of_its_key()
    {
        using var large = _memory.Begin(BodySender.Stranger, Max / 4);
        Assert.True(large.TryGrow(Max / 4));
    }

    private static BodySender KeyFrom(string key, string source) => BodySender.WithKey(key) with { Source = IPAddress.Parse(source) };

    /// <summary>Takes as much memory as possible.</summary>
    private static int Fill(BodyLease lease)
    {
        var held = 0;
        for (var step = Max; step > 0; step /= 2)
            while (lease.TryGrow(step)) held += step;
        return held;
    }

    private BodyLease Begin(BodySender sender) => _memory.Begin(sender, limit: 100);
}
