using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Version3;

/// <summary>Both interfaces of an instance.</summary>
public interface IInstanceDouble : IInstanceGrain, IGuestGrain;

/// <summary>An instance with a configuration that the test changes, and a factory for a gateway before it.</summary>
internal sealed class GuestDouble
{
    public const string Uuid = "some:uuid";
    public const string Secret = "secret-of-the-guest";

    private readonly SemaphoreSlim _watches = new(0);
    private volatile ConfigurationAnswer _now = new(true, "r1", "one"u8.ToArray());

    public GuestDouble()
    {
        var grain = GrainDouble.Of<IInstanceDouble>((method, arguments) => method switch
        {
            "GetCredential" => Boxed(ValueTask.FromResult<InstanceCredential?>(new InstanceCredential(1, Secret))),
            "Poll" => Boxed(Poll((string?)arguments[1], (bool)arguments[2]!, (IRevisionSubscriber?)arguments[3])),
            "Heartbeat" => Boxed(Heartbeat()),
            _ => throw new NotSupportedException(method),
        });
        Factory = GrainDouble.Of<IGrainFactory>((method, arguments) => method == "CreateObjectReference" ? arguments[0] : grain);
    }

    public IGrainFactory Factory { get; }

    /// <summary>Who was to be told last.</summary>
    public IRevisionSubscriber? Watcher { get; private set; }

    /// <summary>How often the guest itself asked.</summary>
    public int Heard { get; private set; }

    /// <summary>Answers a heartbeat; a test may hold it up.</summary>
    public Task Beating { get; set; } = Task.CompletedTask;

    /// <summary>Completes once the instance was asked that many more times by who then waits.</summary>
    public async Task Watched(int times)
    {
        for (var i = 0; i < times; i++) Assert.True(await _watches.WaitAsync(TimeSpan.FromSeconds(30)), "nobody asked");
    }

    /// <summary>Changes the configuration; tells nobody.</summary>
    public ConfigurationAnswer Change(string revision) => _now = new(true, revision, System.Text.Encoding.UTF8.GetBytes(revision));

    public Task Tell(ConfigurationAnswer answer, long generation = 1) => Watcher!.Notify([new(InstanceId.Parse(Uuid), generation, answer)]);

    private static object Boxed<T>(ValueTask<T> answer) => answer;

    private ValueTask<GuestResult<ConfigurationAnswer>> Poll(string? known, bool heard, IRevisionSubscriber? watcher)
    {
        if (heard) Heard++;
        var now = _now;
        if (now.Revision != known) return new(new GuestResult<ConfigurationAnswer>(now));
        Watcher = watcher;
        _watches.Release();
        return new(new GuestResult<ConfigurationAnswer>(now with { Body = null }));
    }

    private async ValueTask<GuestResult<CommandAnswer>> Heartbeat()
    {
        _watches.Release();
        await Beating;
        return new(new CommandAnswer { Generation = 1 });
    }
}
