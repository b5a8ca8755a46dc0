namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>The attribute <c>user-data</c> of Google Compute Engine. A header of the answer says that it is Google's.</summary>
internal sealed class GceUserData(MetadataHttp metadata) : IUserDataSource
{
    private const string Flavor = "Google";

    public string Name => "gce";

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken) =>
        await metadata.AskAsync(HttpMethod.Get, "/computeMetadata/v1/instance/attributes/user-data", "Metadata-Flavor", Flavor, cancellationToken)
            is { Flavor: Flavor } answer
            ? answer.Data
            : null;
}
