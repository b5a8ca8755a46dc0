using System.Threading.Channels;
using Audrey.Agent.Facts;
using Audrey.Agent.Tests.Support;
using Audrey.Agent.Timing;
using Audrey.Agent.Watching;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Agent.Tests.Watching;

/// <summary>The clock and the signs of the kernel are those of the test.</summary>
public sealed class FactWatchTests : IAsyncLifetime
{
    /// <summary>Longer than any test. A timer allows no more than 49 days.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(40);

    private readonly FakeTimeProvider _time = new();
    private readonly Machine _machine = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _watch = Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch.ContinueWith(_ => { }, TaskScheduler.Default).Within("the end of the watch");
        _stop.Dispose();
    }

    [Fact]
    public async Task A_volatile_value_alone_is_no_change_but_is_a_part_of_the_next_one()
    {
        await StartAsync(Never, Never);
        _machine.Volatile = "b";
        await ReadAgainAsync();
        Assert.False(_machine.Changes.Reader.TryRead(out _));

        (_machine.Steady, _machine.Volatile) = ("2", "c");
        await ReadAgainAsync();
        var change = await NextChangeAsync();
        Assert.Equal(["steady"], change.Changed);
        Assert.Equal("c", change.Report.Readings["volatile"].ToText());
    }

    [Fact]
    public async Task A_class_without_a_sign_is_read_again_at_its_interval()
    {
        await StartAsync(TimeSpan.FromMinutes(5), Never);
        await AdvanceUntilAsync(() => _machine.Readings >= 3, "three readings");
    }

    [Fact]
    public async Task A_glance_that_differs_causes_a_reading_and_one_that_does_not_causes_none()
    {
        await StartAsync(Never, TimeSpan.FromSeconds(15));
        await AdvanceUntilAsync(() => _machine.Glances >= 5, "five glances");
        Assert.Equal(1, _machine.Readings);
        _machine.Seen = "something else";
        await AdvanceUntilAsync(() => _machine.Readings == 2, "a reading");
    }

    [Fact]
    public async Task After_a_sign_glances_come_before_their_usual_time()
    {
        await StartAsync(Never, Never);
        _machine.Seen = "something else";
        _machine.Inbox!.Add(Sign.Glance);
        await AdvanceUntilAsync(() => _machine.Readings == 2, "a reading");
    }

    [Fact]
    public async Task A_place_that_appears_during_a_reading_causes_another_reading()
    {
        await StartAsync(Never, Never);
        _machine.NewPlaces = 1;
        _machine.Inbox!.Add(Sign.Change);
        await AdvanceUntilAsync(() => _machine.Readings >= 3, "two further readings");
    }

    [Fact]
    public async Task A_reader_that_has_a_bug_gives_a_reason_and_the_watch_goes_on()
    {
        await StartAsync(Never, Never);
        _machine.Fails = true;
        await ReadAgainAsync();
        Assert.Equal("its reader has a bug: FormatException", (await NextChangeAsync()).Report.Reason);
        _machine.Fails = false;
        await ReadAgainAsync();
        Assert.Null((await NextChangeAsync()).Report.Reason);
    }

    [Fact]
    public async Task A_listener_that_has_a_bug_ends_the_watch()
    {
        await StartAsync(Never, Never);
        _machine.Changes.Writer.Complete();
        _machine.Steady = "2";
        _machine.Inbox!.Add(Sign.Change);
        await AdvanceUntilAsync(() => _watch.IsCompleted, "the end of the watch");
        await Assert.ThrowsAsync<ChannelClosedException>(() => _watch);
    }

    [Fact]
    public void Facts_that_are_too_many_or_too_large_are_bounded()
    {
        var type = new FactClass("Large", "For tests.") { Open = new FactProperty("NAME", FactType.Text, "Text.") };
        var readings = Enumerable.Range(0, 1000).ToDictionary(
            i => $"{i}", i => Reading.Of(i == 0 ? new string('x', ReportLimits.MaxLength) : "small"));
        var limited = ReportLimits.Apply(new ClassReport(type, readings, null)).Readings;
        Assert.Equal(ReportLimits.MaxProperties, limited.Count);
        Assert.StartsWith("the facts of the class are larger than", limited["0"].Reason, StringComparison.Ordinal);
        Assert.Equal("small", limited["255"].ToText());
    }

    private async Task StartAsync(TimeSpan interval, TimeSpan maxGlance)
    {
        _machine.Interval = interval;
        _watch = new FactWatch([_machine], _machine, [_machine], new WatchTiming { MaxGlance = maxGlance }, _time, _machine)
            .RunAsync(_stop.Token);
        Assert.Equal(["steady", "volatile"], (await NextChangeAsync()).Changed);
    }

    private async Task ReadAgainAsync()
    {
        var (readings, releases) = (_machine.Readings, _machine.Releases);
        _machine.Inbox!.Add(Sign.Change);
        await AdvanceUntilAsync(() => _machine.Readings > readings && _machine.Releases > releases, "another reading");
    }

    private Task AdvanceUntilAsync(Func<bool> condition, string what) => Deadlines.Until(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return condition();
        },
        what);

    private async Task<FactChange> NextChangeAsync() => await _machine.Changes.Reader.ReadAsync().AsTask().Within("a change");

    /// <summary>One class of facts, the kernel, and the listener.</summary>
    private sealed class Machine : IFactReader, IKernelSigns, IFactListener, IPause
    {
        public FactClass Class { get; } = new(
            "One",
            "For tests.",
            new FactProperty("steady", FactType.Text, "Changes rarely."),
            new FactProperty("volatile", FactType.Text, "Changes often.") { IsVolatile = true });

        public TimeSpan Interval { get; set; }

        public string Steady { get; set; } = "1";

        public string Volatile { get; set; } = "a";

        public string Seen { get; set; } = "nothing";

        public bool Fails { get; set; }

        /// <summary>How many times a new place to follow appears during a reading.</summary>
        public int NewPlaces { get; set; }

        public int Readings { get; private set; }

        public int Glances { get; private set; }

        public int Releases { get; private set; }

        public SignInbox? Inbox { get; private set; }

        public Channel<FactChange> Changes { get; } = Channel.CreateUnbounded<FactChange>();

        private bool _hasNewPlace;

        public string Glance()
        {
            Glances++;
            return Seen;
        }

        public Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
        {
            Readings++;
            if (Fails) throw new FormatException("secret");
            if (NewPlaces > 0) (NewPlaces, _hasNewPlace) = (NewPlaces - 1, true);
            return Task.FromResult<IReadOnlyDictionary<string, Reading>>(
                new Dictionary<string, Reading> { ["steady"] = Reading.Of(Steady), ["volatile"] = Reading.Of(Volatile) });
        }

        public bool Follow(SignInbox inbox, ChangeSigns signs)
        {
            Inbox = inbox;
            var isNew = _hasNewPlace;
            _hasNewPlace = false;
            return isNew;
        }

        public void Receive(FactChange change)
        {
            if (!Changes.Writer.TryWrite(change)) throw new ChannelClosedException();
        }

        public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken) => Task.CompletedTask;

        public void ReleaseMemory() => Releases++;
    }
}
