namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>Azure's instance metadata service. The service sends user data as base64.</summary>
internal sealed class AzureUserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "azure";

    public string? Obstacle => metadata.Obstacle;

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        const string path = "/metadata/instance/compute/userData?api-version=2021-01-01&format=text";
        return (await metadata.AskAsync(HttpMethod.Get, path, "Metadata", "true", cancellationToken))?.Data;
    }
}
