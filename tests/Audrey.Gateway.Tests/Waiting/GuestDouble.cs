using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Waiting;

/// <summary>
/// A simulated instance, whose configuration the test changes, and a grain factory that a gateway uses to call the instance.
/// </summary>
internal sealed class GuestDouble
{
    public const string Uuid = "some:uuid";
    public const string Secret = "secret-of-the-guest";

    private readonly SemaphoreSlim _polls = new(0);
    private volatile ConfigurationAnswer _now = new(true, "r1", "one"u8.ToArray());

    public GuestDouble()
    {
        var grain = GrainDouble.Create<IInstanceDouble>((method, arguments) => method switch
        {
            "Find" => Boxed(ValueTask.FromResult<InstanceCredential?>(new InstanceCredential(1, Secret))),
            "Poll" => Boxed(Poll((string?)arguments[1], (bool)arguments[2]!, (IRevisionSubscriber?)arguments[3])),
            "Heartbeat" => Boxed(Heartbeat()),
            _ => throw new NotSupportedException(method),
        });
        Factory = GrainDouble.Create<IGrainFactory>((method, arguments) => method == "CreateObjectReference" ? arguments[0] : grain);
    }

    public IGrainFactory Factory { get; }

    /// <summary>The subscriber of the last pending poll.</summary>
    public IRevisionSubscriber? Subscriber { get; private set; }

    /// <summary>The number of polls that came from the guest itself.</summary>
    public int GuestPolls { get; private set; }

    /// <summary>The instance answers heartbeats only after this task has completed.</summary>
    public Task Heartbeats { get; set; } = Task.CompletedTask;

    /// <summary>
    /// Waits until the instance has received the given number of further calls. Heartbeats count, and polls that found no change.
    /// </summary>
    public async Task Polled(int times)
    {
        for (var i = 0; i < times; i++) Assert.True(await _polls.WaitAsync(TimeSpan.FromSeconds(30)), "the instance was not polled");
    }

    /// <summary>Changes the configuration without a notification.</summary>
    public ConfigurationAnswer Change(string revision) => _now = new(true, revision, System.Text.Encoding.UTF8.GetBytes(revision));

    public Task Notify(ConfigurationAnswer answer, long generation = 1) =>
        Subscriber!.Notify([new(InstanceId.Parse(Uuid), generation, answer)]);

    private static object Boxed<T>(ValueTask<T> answer) => answer;

    private ValueTask<GuestResult<ConfigurationAnswer>> Poll(string? known, bool isFromGuest, IRevisionSubscriber? subscriber)
    {
        if (isFromGuest) GuestPolls++;
        var now = _now;
        if (now.Revision != known) return new(new GuestResult<ConfigurationAnswer>(now));
        Subscriber = subscriber;
        _polls.Release();
        return new(new GuestResult<ConfigurationAnswer>(now with { Body = null }));
    }

    private async ValueTask<GuestResult<CommandAnswer>> Heartbeat()
    {
        _polls.Release();
        await Heartbeats;
        return new(new CommandAnswer { Generation = 1 });
    }
}
