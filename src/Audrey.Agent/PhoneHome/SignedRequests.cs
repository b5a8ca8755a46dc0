using Audrey.Agent.UserData;
using Audrey.Protocol.Authentication;

namespace Audrey.Agent.PhoneHome;

/// <summary>Requests signed as versions 0 to 2 have it. A signature does not reveal the secret.</summary>
internal sealed class SignedRequests(ServerHttp http, ServerAccess access, TimeProvider time)
{
    private readonly OAuthSigner _signer = new(access.Id, access.Secret, time);

    public Task<ServerAnswer> GetAsync(string path, CancellationToken cancellationToken) => http.SendAsync(Get(path), cancellationToken);

    public Task<ServerAnswer> GetTarballAsync(string path, CancellationToken cancellationToken) =>
        http.SendAsync(http.ForTarball(Get(path)), cancellationToken);

    /// <summary>PUT of one form field, signed together with it.</summary>
    public Task<ServerAnswer> PutFormAsync(string path, ReadOnlyMemory<byte> fields, CancellationToken cancellationToken)
    {
        var uri = http.Absolute(path);
        return http.SendAsync(
            new ServerRequest(HttpMethod.Put, uri) { Body = _signer.SignForm("PUT", OAuthTarget.FromUri(uri), fields.Span), ContentType = "application/x-www-form-urlencoded" },
            cancellationToken);
    }

    private ServerRequest Get(string path) => new(
        HttpMethod.Get, new Uri(access.Endpoint.GetLeftPart(UriPartial.Authority) + _signer.SignQuery("GET", OAuthTarget.FromUri(http.Absolute(path)))));
}
