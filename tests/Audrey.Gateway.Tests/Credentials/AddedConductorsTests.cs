using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Resilience;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Credentials;

public sealed class AddedConductorsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _known = [];
    private readonly AddedConductors _added;
    private CredentialSet _set = new(1, [Stored("one")]);
    private bool _away;

    public AddedConductorsTests()
    {
        var grain = GrainDouble.Of<ICredentialsGrain>((_, arguments) => new ValueTask<CredentialSet?>(Read((long)arguments[0]!)));
        var calls = new GrainCalls(
            Options.Create(new GatewayOptions()), [new BusyFailure(failure => failure is InsufficientMemoryException)], _time, NullLogger<GrainCalls>.Instance);
        _added = new AddedConductors(GrainDouble.Of<IGrainFactory>((_, _) => grain), calls, _time);
    }

    [Fact]
    public async Task What_is_held_is_relied_on_for_five_seconds_and_no_longer()
    {
        Assert.Null(_added.AtHand());
        await _added.AskedSince(_added.Now);
        _time.Advance(AddedConductors.MaxAge);
        Assert.NotNull(_added.AtHand());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_added.AtHand());
        Assert.Equal(TimeSpan.FromSeconds(5), AddedConductors.MaxAge);
    }

    [Fact]
    public async Task Whoever_asks_gets_what_the_cluster_said_after_that()
    {
        Assert.Equal("one", Assert.Single((await _added.AskedSince(_added.Now)).ByKey).Key);
        _set = new(2, [Stored("two")]);
        _time.Advance(AddedConductors.Spacing);
        Assert.Equal("two", Assert.Single((await _added.AskedSince(_added.Now)).ByKey).Key);
        Assert.Equal([-1, 1], _known);
    }

    [Fact]
    public async Task What_has_not_changed_is_held_on_and_counts_as_asked_for()
    {
        await _added.AskedSince(_added.Now);
        _time.Advance(AddedConductors.MaxAge * 2);
        Assert.Equal("one", Assert.Single((await _added.AskedSince(_added.Now)).ByKey).Key);
        Assert.NotNull(_added.AtHand());
    }

    [Fact]
    public async Task However_many_ask_they_share_one_call_in_a_quarter_of_a_second()
    {
        await _added.AskedSince(_added.Now);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var asking = Enumerable.Range(0, 100).Select(_ => _added.AskedSince(_added.Now).AsTask()).ToArray();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Single(_known);
        Assert.All(asking, each => Assert.False(each.IsCompleted));
        _time.Advance(AddedConductors.Spacing);
        await Task.WhenAll(asking);
        Assert.Equal(2, _known.Count);
    }

    [Fact]
    public async Task Without_an_answer_nobody_is_let_in_by_what_was_known_long_ago()
    {
        await _added.AskedSince(_added.Now);
        _away = true;
        _time.Advance(AddedConductors.MaxAge * 2);
        Assert.Null(_added.AtHand());
        await Assert.ThrowsAsync<UnavailableException>(() => _added.AskedSince(_added.Now).AsTask());
        _away = false;
        Assert.Equal("one", Assert.Single((await _added.AskedSince(_added.Now)).ByKey).Key);
    }

    [Fact]
    public void The_secret_before_is_valid_until_its_time()
    {
        var until = _time.GetUtcNow();
        var conductor = new AddedConductor(Stored("one") with { PreviousSecret = "before", PreviousUntil = until });
        Assert.Equal("before"u8, conductor.PreviousAt(until - TimeSpan.FromTicks(1)));
        Assert.True(conductor.PreviousAt(until).IsEmpty);
        Assert.True(new AddedConductor(Stored("one")).PreviousAt(until).IsEmpty);
    }

    private static StoredCredential Stored(string key) => new() { Key = ConductorKey.Parse(key), Secret = "secret", Created = default, Issued = default };

    private CredentialSet? Read(long known)
    {
        if (_away) throw new InsufficientMemoryException();
        _known.Add(known);
        return known == _set.Version ? null : _set;
    }
}
