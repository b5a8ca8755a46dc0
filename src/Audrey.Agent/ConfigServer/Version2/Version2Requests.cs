using Audrey.Protocol.Authentication;

namespace Audrey.Agent.ConfigServer.Version2;

/// <summary>Sends the signed requests of versions 0 to 2. A signature does not reveal the secret.</summary>
internal sealed class Version2Requests(ServerHttp http, ServerAccess access, TimeProvider time)
{
    private readonly OAuthSigner _signer = new(access.Id, access.Secret, time);

    public Task<ServerAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        http.SendAsync(CreateGet(path), cancellationToken);

    /// <summary>Requests the tarball in the gzip format, the only format that this program can read.</summary>
    public Task<ServerAnswer> GetTarballAsync(string path, CancellationToken cancellationToken) =>
        http.SendAsync(http.ForTarball(CreateGet(path) with { Accept = "application/gzip, */*;q=0.1" }), cancellationToken);

    /// <summary>Sends form fields by PUT. The signature covers the fields.</summary>
    public Task<ServerAnswer> PutFormAsync(string path, ReadOnlyMemory<byte> fields, CancellationToken cancellationToken)
    {
        var uri = http.Absolute(path);
        var request = new ServerRequest(HttpMethod.Put, uri)
        {
            Body = _signer.SignForm("PUT", OAuthTarget.FromUri(uri), fields.Span),
            ContentType = "application/x-www-form-urlencoded",
        };
        return http.SendAsync(request, cancellationToken);
    }

    private ServerRequest CreateGet(string path)
    {
        var target = _signer.SignQuery("GET", OAuthTarget.FromUri(http.Absolute(path)));
        return new ServerRequest(HttpMethod.Get, new Uri(access.Endpoint.GetLeftPart(UriPartial.Authority) + target));
    }
}
