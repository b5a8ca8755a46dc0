namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>The attribute <c>user-data</c> of Google Compute Engine. A header of the answer identifies Google's service.</summary>
internal sealed class GceUserData(MetadataHttp metadata) : IUserDataSource
{
    private const string Flavor = "Google";

    public string Name => "gce";

    public string? Obstacle => metadata.Obstacle;

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        const string path = "/computeMetadata/v1/instance/attributes/user-data";
        var answer = await metadata.AskAsync(HttpMethod.Get, path, "Metadata-Flavor", Flavor, cancellationToken);
        return answer?.Flavor == Flavor ? answer.Data : null;
    }
}
