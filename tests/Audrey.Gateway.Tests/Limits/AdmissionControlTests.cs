using Audrey.Gateway.Limits;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Gateway.Tests.Limits;

public sealed class AdmissionControlTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_request_over_the_limit_waits_in_the_queue_where_deployables_take_turns()
    {
        var admission = Create(active: 1, queued: 10);
        Assert.True(await Enter(admission, "large"));
        Task<bool>[] large = [.. Enumerable.Range(0, 3).Select(_ => Enter(admission, "large").AsTask())];
        var small = Enter(admission, "small").AsTask();
        Assert.All([.. large, small], request => Assert.False(request.IsCompleted));

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
    public async Task When_the_queue_is_full_the_last_request_of_the_largest_deployable_is_rejected()
    {
        var admission = Create(active: 1, queued: 3);
        Assert.True(await Enter(admission, "large"));
        Task<bool>[] large = [.. Enumerable.Range(0, 3).Select(_ => Enter(admission, "large").AsTask())];
        Assert.False(await Enter(admission, "large"));
        var small = Enter(admission, "small").AsTask();
        Assert.False(await large[2].WaitAsync(Deadline));
        Assert.False(large[0].IsCompleted || large[1].IsCompleted || small.IsCompleted);
    }

    [Fact]
    public async Task If_there_is_no_queue_a_request_over_the_limit_is_rejected()
    {
        var admission = Create(active: 1, queued: 0);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(await Enter(admission, "d"));
            Assert.False(await Enter(admission, "d"));
            admission.Leave(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task A_pending_poll_that_continues_is_admitted_even_if_the_limit_is_reached()
    {
        var admission = Create(active: 1, queued: 1);
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
    public void Only_rejections_in_the_last_few_seconds_are_counted()
    {
        var admission = Create(active: 1, queued: 0);
        for (var count = 1; count <= 1000; count++) Assert.Equal(count, admission.RecordRejection());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1001, admission.RecordRejection());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(2, admission.RecordRejection());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, admission.RecordRejection());
    }

    [Fact]
    public async Task A_queued_request_is_not_admitted_after_its_client_disconnects()
    {
        var admission = Create(active: 1, queued: 2);
        Assert.True(await Enter(admission, "d"));
        var gone = admission.Enter("d", new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) }).AsTask();
        var next = Enter(admission, "d").AsTask();
        admission.Leave(TimeSpan.Zero);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Deadline));
        Assert.True(await next.WaitAsync(Deadline));
        Assert.Equal(1, admission.Active);
    }

    private static ValueTask<bool> Enter(AdmissionControl admission, string deployable) =>
        admission.Enter(deployable, new DefaultHttpContext());

    private AdmissionControl Create(int active, int queued) =>
        new(Options.Create(new GatewayOptions { MaxActive = active, MaxQueued = queued }), _time);
}
