namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>
/// The user data that cloud-init has found. If only cloud-init can read it, because it is a template or includes parts by their address,
/// the source returns the cloud-config that cloud-init has made of it.
/// </summary>
/// <param name="folder">The folder of cloud-init for this instance.</param>
/// <param name="isReadable">Returns whether this program can read the user data.</param>
internal sealed class CloudInitUserData(string folder, Func<byte[], bool> isReadable) : IUserDataSource
{
    public const string SourceName = "cloud-init";

    private readonly UserDataFiles _raw = new(SourceName, Path.Combine(folder, "user-data.txt"));
    private readonly UserDataFiles _made = new(SourceName, Path.Combine(folder, "cloud-config.txt"));

    public string Name => SourceName;

    public string? Obstacle => _raw.Obstacle;

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        var raw = await _raw.FindAsync(cancellationToken);
        if (raw is null || isReadable(raw)) return raw;
        return await _made.FindAsync(cancellationToken) is { } made && isReadable(made) ? made : raw;
    }
}
