using System.Text;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>EC2's metadata service. Version 2 needs a token. Version 1 is used where there are no tokens, as on clouds that copy EC2.</summary>
internal sealed class Ec2UserData(MetadataHttp metadata) : IUserDataSource
{
    public string Name => "ec2";

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        var token = await metadata.AskAsync(HttpMethod.Put, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60", cancellationToken);
        if (token is null) return null;
        var answer = token.Data is { Length: <= 1024 } text
            ? await metadata.AskAsync(HttpMethod.Get, "/latest/user-data", "X-aws-ec2-metadata-token", Encoding.ASCII.GetString(text).Trim(), cancellationToken)
            : token.Status is 404 or 405 or 501
                ? await metadata.AskAsync(HttpMethod.Get, "/latest/user-data", "", "", cancellationToken)
                : null;
        return answer?.Data;
    }
}
