namespace Audrey.Agent.UserData.Sources;

/// <summary>Azure's instance metadata service; it gives user data in base64.</summary>
internal sealed class AzureUserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "azure";

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken) => (await metadata.AskAsync(
        HttpMethod.Get, "/metadata/instance/compute/userData?api-version=2021-01-01&format=text", "Metadata", "true", cancellationToken))?.Data;
}
