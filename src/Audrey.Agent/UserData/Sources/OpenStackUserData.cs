namespace Audrey.Agent.UserData.Sources;

/// <summary>OpenStack's metadata service.</summary>
internal sealed class OpenStackUserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "openstack";

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken) =>
        (await metadata.AskAsync(HttpMethod.Get, "/openstack/latest/user_data", "", "", cancellationToken))?.Data;
}
