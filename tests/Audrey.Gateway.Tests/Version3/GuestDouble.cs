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
    private volatile ConfigurationAnswer _now = new(GuestOutcome.Complete, "r1", "one"u8.ToArray());

    public GuestDouble()
    {
        var grain = GrainDouble.Of<IInstanceDouble>((method, arguments) => method switch
        {
            "GetCredential" => Boxed(ValueTask.FromResult<InstanceCredential?>(new InstanceCredential(1, Secret))),
            "Watch" => Boxed(Watch((string?)arguments[1], (bool)arguments[2]!, (IConfigurationWatcher?)arguments[3])),
            "Beat" => Boxed(Beat()),
            _ => throw new NotSupportedException(method),
        });
        Factory = GrainDouble.Of<IGrainFactory>((method, arguments) => method == "CreateObjectReference" ? arguments[0] : grain);
    }

    public IGrainFactory Factory { get; }

    /// <summary>Who was to be told last.</summary>
    public IConfigurationWatcher? Watcher { get; private set; }

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
    public ConfigurationAnswer Change(string revision) => _now = new(GuestOutcome.Complete, revision, System.Text.Encoding.UTF8.GetBytes(revision));

    public Task Tell(ConfigurationAnswer answer, long generation = 1) => Watcher!.Changed([new(InstanceId.Parse(Uuid), generation, answer)]);

    private static object Boxed<T>(ValueTask<T> answer) => answer;

    private ValueTask<ConfigurationAnswer> Watch(string? known, bool heard, IConfigurationWatcher? watcher)
    {
        if (heard) Heard++;
        var now = _now;
        if (now.Revision != known) return ValueTask.FromResult(now);
        Watcher = watcher;
        _watches.Release();
        return ValueTask.FromResult(now with { Body = null });
    }

    private async ValueTask<CommandAnswer> Beat()
    {
        _watches.Release();
        await Beating;
        return new CommandAnswer { Outcome = GuestOutcome.Complete, Generation = 1 };
    }
}
