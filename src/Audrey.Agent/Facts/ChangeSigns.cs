namespace Audrey.Agent.Facts;

/// <summary>The signs from which the kernel tells that the facts of a class may have changed.</summary>
internal sealed record ChangeSigns
{
    public static readonly ChangeSigns None = new();

    /// <summary>
    /// Files and folders with absolute paths. A change of the file, or of an entry of the folder, is a sign. A path may not exist (yet).
    /// </summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Programs with absolute paths. Facts can change some time after one of them was started.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Whether changes of links, addresses and default routes are signs.</summary>
    public bool Network { get; init; }

    /// <summary>Whether a change of the name of the machine is a sign.</summary>
    public bool HostName { get; init; }

    /// <summary>Whether the end of a listening TCP socket is a sign.</summary>
    public bool Listeners { get; init; }
}
