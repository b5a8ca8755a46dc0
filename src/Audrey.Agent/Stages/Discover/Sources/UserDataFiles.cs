namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>
/// User data in one of several files: a seed of cloud-init, a mounted config drive, or the user data that cloud-init has found.
/// </summary>
internal sealed class UserDataFiles(string name, params IReadOnlyList<string> paths) : IUserDataSource
{
    public string Name => name;

    public string? Obstacle { get; private set; }

    public Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        Obstacle = null;
        return Task.FromResult(paths.Where(File.Exists).Select(Read).FirstOrDefault(data => data is { Length: > 0 }));
    }

    private byte[]? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var data = new byte[IUserDataSource.MaxBytes + 1];
            return data[..file.ReadAtLeast(data, data.Length, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Obstacle = failure.Message;
            return null;
        }
    }
}
