namespace Audrey.Agent.PhoneHome;

/// <summary>
/// The config server, whichever version of the guests' protocol is spoken with it. Whatever is not the answer that was asked for is a
/// <see cref="ServerTroubleException"/>.
/// </summary>
internal interface IConfigServer
{
    /// <summary>The version that is spoken.</summary>
    int Version { get; }

    /// <summary>What this instance is to do.</summary>
    Task<Assignment> GetAssignmentAsync(CancellationToken cancellationToken);

    /// <summary>Gives values; says which of them the server refuses. A refused one does not keep the others from being given.</summary>
    Task<IReadOnlyList<string>> GiveAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken);

    /// <summary>A service's configuration as far as it is known.</summary>
    Task<ServiceConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken);

    /// <summary>The gzip-compressed tar file of all services' executables and files; null if there is none.</summary>
    Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken);

    /// <summary>Tells that a service's run begins.</summary>
    /// <exception cref="RunTakenException">The server knows of a later run.</exception>
    Task TellStartAsync(string service, long run, CancellationToken cancellationToken);

    /// <summary>Tells how a service's run ended.</summary>
    /// <exception cref="RunTakenException">The server knows of a later run, or of another end of this one.</exception>
    Task TellEndAsync(ServiceEnd end, CancellationToken cancellationToken);

    /// <summary>Tells that this instance is alive while nothing else is to be told.</summary>
    Task TellAliveAsync(CancellationToken cancellationToken);

    /// <summary>Tells facts, for people.</summary>
    Task TellFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken);

    /// <summary>Tells that the configuration as it was last got is applied, if it was complete.</summary>
    Task TellAppliedAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there may be something new.</summary>
    /// <param name="poll">When to ask again where the server cannot say by itself that there is something new.</param>
    /// <param name="longest">How long to wait where it can. Zero: only see what is new by now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WaitForNewsAsync(TimeSpan poll, TimeSpan longest, CancellationToken cancellationToken);
}

/// <summary>What this instance is to do.</summary>
/// <param name="Registration">Which registration of the instance this is. With another one all begins anew.</param>
/// <param name="Missing">The values that are still to be given.</param>
/// <param name="Services">The services to run, in order.</param>
internal sealed record Assignment(string Registration, IReadOnlyList<string> Missing, IReadOnlyList<ServiceAssignment> Services)
{
    /// <summary>Those of the values to give that must be shown to nobody, where the server says so.</summary>
    public IReadOnlyList<string> Secret { get; init; } = [];
}

/// <summary>A service to run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ToldRun">The highest run that the server was told of; 0: none.</param>
/// <param name="ToldEnd">Whether it was told that run's end.</param>
internal sealed record ServiceAssignment(string Name, long ToldRun = 0, bool ToldEnd = false);

/// <summary>A service's configuration.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Complete">Whether every value is there.</param>
/// <param name="Parameters">Its parameters with their values, in the server's order; not all of them if it is not complete.</param>
/// <param name="WaitsFor">What it waits for, a sentence for each value, where the server says so.</param>
/// <param name="Failed">The services that it waited for and that failed, where the server says so.</param>
internal sealed record ServiceConfiguration(
    string Service, bool Complete, IReadOnlyList<Parameter> Parameters, IReadOnlyList<string> WaitsFor, IReadOnlyList<string> Failed)
{
    public static ServiceConfiguration Incomplete(string service) => new(service, false, [], [], []);
}

/// <summary>A parameter with its value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, any bytes.</param>
/// <param name="Secret">Whether the server says that it must be shown to nobody.</param>
internal sealed record Parameter(string Name, byte[] Value, bool Secret = false);

/// <summary>How a service's run ended.</summary>
internal sealed record ServiceEnd
{
    public required string Service { get; init; }

    /// <summary>Which run it was, from 1.</summary>
    public required long Run { get; init; }

    public required int ExitStatus { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The end of its output, without secrets; bounded.</summary>
    public required string Output { get; init; }
}
