namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>A place that may have user data.</summary>
internal interface IUserDataSource
{
    /// <summary>The maximum size of user data.</summary>
    const int MaxBytes = 64 * 1024;

    /// <summary>The name on the command line and in the log.</summary>
    string Name { get; }

    /// <summary>
    /// The reason why the last search could not read the source. Null if the source has answered that it has no user data.
    /// </summary>
    string? Obstacle { get; }

    /// <summary>
    /// Returns the user data before decoding. Reads at most one byte more than the maximum. Null if there is no user data.
    /// </summary>
    Task<byte[]?> FindAsync(CancellationToken cancellationToken);
}
