using Audrey.Gateway.Settings;
using Audrey.Gateway.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Version3;

public sealed class AdmissionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Who_finds_no_place_waits_in_line_and_deployables_take_turns()
    {
        var admission = Of(active: 1, queued: 10);
        Assert.True(await Enter(admission, "large"));
        Task<bool>[] large = [.. Enumerable.Range(0, 3).Select(_ => Enter(admission, "large").AsTask())];
        var small = Enter(admission, "small").AsTask();
        Assert.All([.. large, small], one => Assert.False(one.IsCompleted));

        foreach (var next in new[] { large[0], small, large[1], large[2] })
        {
            admission.Leave(TimeSpan.Zero);
            Assert.True(await next.WaitAsync(Deadline));
            Assert.Equal(1, admission.Active);
        }

        admission.Leave(TimeSpan.Zero);
        Assert.Equal(0, admission.Active);
    }

    [Fact]
    public async Task When_the_line_is_full_the_longest_gives_way_to_who_has_less()
    {
        var admission = Of(active: 1, queued: 3);
        Assert.True(await Enter(admission, "large"));
        Task<bool>[] large = [.. Enumerable.Range(0, 3).Select(_ => Enter(admission, "large").AsTask())];
        Assert.False(await Enter(admission, "large"));
        var small = Enter(admission, "small").AsTask();
        Assert.False(await large[2].WaitAsync(Deadline));
        Assert.False(large[0].IsCompleted || large[1].IsCompleted || small.IsCompleted);
    }

    [Fact]
    public async Task Without_a_line_whoever_finds_no_place_is_put_off()
    {
        var admission = Of(active: 1, queued: 0);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(await Enter(admission, "d"));
            Assert.False(await Enter(admission, "d"));
            admission.Leave(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Who_waited_for_news_gets_its_place_back_although_others_took_it_and_nobody_is_let_in_meanwhile()
    {
        var admission = Of(active: 1, queued: 1);
        Assert.True(await Enter(admission, "d"));
        admission.Leave(TimeSpan.Zero);
        Assert.True(await Enter(admission, "e"));
        admission.Return();
        Assert.Equal(2, admission.Active);
        var next = Enter(admission, "f").AsTask();
        admission.Leave(TimeSpan.Zero);
        Assert.False(next.IsCompleted);
        admission.Leave(TimeSpan.Zero);
        Assert.True(await next.WaitAsync(Deadline));
    }

    [Fact]
    public void The_more_are_put_off_the_more_is_told_and_a_quiet_while_is_forgotten()
    {
        var admission = Of(active: 1, queued: 0);
        for (var count = 1; count <= 1000; count++) Assert.Equal(count, admission.PutOff());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1001, admission.PutOff());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(2, admission.PutOff());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, admission.PutOff());
    }

    [Fact]
    public async Task Who_has_gone_while_in_line_takes_no_place()
    {
        var admission = Of(active: 1, queued: 2);
        Assert.True(await Enter(admission, "d"));
        var gone = admission.Enter("d", new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) }).AsTask();
        var next = Enter(admission, "d").AsTask();
        admission.Leave(TimeSpan.Zero);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Deadline));
        Assert.True(await next.WaitAsync(Deadline));
        Assert.Equal(1, admission.Active);
    }

    private static ValueTask<bool> Enter(Admission admission, string deployable) => admission.Enter(deployable, new DefaultHttpContext());

    private Admission Of(int active, int queued) => new(Options.Create(new GatewayOptions { MaxActive = active, MaxQueued = queued }), _time);
}
