using System.Text;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>
/// EC2's metadata service. Version 2 needs a token. Version 1 is used where tokens are not available, for example on clouds that imitate
/// EC2.
/// </summary>
internal sealed class Ec2UserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "ec2";

    public string? Obstacle => metadata.Obstacle;

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        const string path = "/latest/user-data";
        var token = await metadata.AskAsync(
            HttpMethod.Put, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60", cancellationToken);
        if (token?.Data is { Length: <= 1024 } text)
        {
            var value = Encoding.ASCII.GetString(text).Trim();
            return (await metadata.AskAsync(HttpMethod.Get, path, "X-aws-ec2-metadata-token", value, cancellationToken))?.Data;
        }

        return token?.Status is 404 or 405 or 501
            ? (await metadata.AskAsync(HttpMethod.Get, path, "", "", cancellationToken))?.Data
            : null;
    }
}
