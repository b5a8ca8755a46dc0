namespace Audrey.Agent.UserData.Sources;

/// <summary>A place where user data may be.</summary>
internal interface IUserDataSource
{
    /// <summary>Its name on the command line and in the log.</summary>
    string Name { get; }

    /// <summary>The user data as it is there, at most one byte more than may be read; null if there is none.</summary>
    Task<byte[]?> FindAsync(CancellationToken cancellationToken);
}
