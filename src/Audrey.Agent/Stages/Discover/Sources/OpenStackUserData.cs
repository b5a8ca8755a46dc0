namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>The metadata service of OpenStack.</summary>
internal sealed class OpenStackUserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "openstack";

    public string? Obstacle => metadata.Obstacle;

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken) =>
        (await metadata.AskAsync(HttpMethod.Get, "/openstack/latest/user_data", "", "", cancellationToken))?.Data;
}
