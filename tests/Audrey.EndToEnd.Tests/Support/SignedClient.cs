using System.Net.Http.Headers;
using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>Sends signed requests. It can sign in all ways in which guests and conductors of 2012 sign.</summary>
public sealed class SignedClient(HttpClient http, OAuthSigner signer)
{
    /// <summary>Signs as python-oauth2 1.5 and 1.9: the parameters are in the query, with a body hash.</summary>
    public Task<Answer> Get(string path, Action<HttpRequestMessage>? change = null) =>
        Send(HttpMethod.Get, signer.SignQuery("GET", Target(path), bodyHash: OAuthSigner.EmptyBodyHash), null, change);

    /// <summary>Signs as python-oauth2 1.2: the parameters are in the query, without a body hash.</summary>
    public Task<Answer> GetWithoutBodyHash(string path) => Send(HttpMethod.Get, signer.SignQuery("GET", Target(path)), null, null);

    public Task<Answer> Head(string path) => Send(HttpMethod.Head, signer.SignQuery("HEAD", Target(path)), null, null);

    /// <summary>Signs as ruby-oauth: the parameters are in the header, without a realm.</summary>
    public Task<Answer> GetByHeader(string path) => SendByHeader(HttpMethod.Get, path, null);

    public Task<Answer> Delete(string path) => SendByHeader(HttpMethod.Delete, path, null);

    /// <summary>Signs as python-oauth2 1.5 and 1.9: the OAuth parameters follow the data field in the form body.</summary>
    public Task<Answer> Put(string path, string audreyData, Action<HttpRequestMessage>? change = null) =>
        PutForm(path, $"audrey_data={Uri.EscapeDataString(audreyData)}", change);

    public Task<Answer> PutForm(string path, string fields, Action<HttpRequestMessage>? change = null) =>
        Send(HttpMethod.Put, path, Form(signer.SignForm("PUT", Target(path), Encoding.ASCII.GetBytes(fields))), change);

    /// <summary>Signs as python-oauth2 1.2: the parameters are in the header with an empty realm, and the body is not signed.</summary>
    public Task<Answer> PutUnsignedBody(string path, string audreyData) =>
        Send(HttpMethod.Put, path, Form(Encoding.ASCII.GetBytes($"audrey_data={Uri.EscapeDataString(audreyData)}")), request =>
            request.Headers.TryAddWithoutValidation("Authorization", signer.SignHeader("PUT", Target(path), realm: "")));

    public Task<Answer> PutByHeader(string path) => SendByHeader(HttpMethod.Put, path, null);

    /// <summary>Signs as ruby-oauth: the parameters are in the header, and the form is signed.</summary>
    public Task<Answer> Post(string path, string document) => PostForm(path, $"data={Uri.EscapeDataString(document)}");

    public Task<Answer> PostForm(string path, string fields) => SendByHeader(HttpMethod.Post, path, Encoding.ASCII.GetBytes(fields));

    public Task<Answer> PostInQuery(string path, HttpContent content) =>
        Send(HttpMethod.Post, signer.SignQuery("POST", Target(path)), content, null);

    /// <summary>Signs as ruby-oauth: the parameters are in the header, with the hash of the multipart body.</summary>
    public async Task<Answer> Upload(string path, HttpContent content)
    {
        var hash = OAuthSigner.HashBody(await content.ReadAsByteArrayAsync());
        return await UploadWithHash(path, content, hash);
    }

    public Task<Answer> UploadWithHash(string path, HttpContent content, string? hash) =>
        Send(HttpMethod.Put, path, content, request =>
            request.Headers.TryAddWithoutValidation("Authorization", signer.SignHeader("PUT", Target(path), bodyHash: hash)));

    private Task<Answer> SendByHeader(HttpMethod method, string path, byte[]? form) =>
        Send(method, path, form is null ? null : Form(form), request =>
            request.Headers.TryAddWithoutValidation("Authorization", signer.SignHeader(method.Method, Target(path), form)));

    private async Task<Answer> Send(HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        change?.Invoke(request);
        return await Answer.Receive(http, request);
    }

    private static ByteArrayContent Form(byte[] form)
    {
        var content = new ByteArrayContent(form);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return content;
    }

    private OAuthTarget Target(string path)
    {
        var parts = path.Split('?', 2);
        return new OAuthTarget(http.BaseAddress!.Scheme, http.BaseAddress.Authority, parts[0], parts.Length > 1 ? parts[1] : "");
    }
}

/// <summary>A complete HTTP answer.</summary>
public sealed record Answer(int Status, byte[] Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The unparsed header, as it was received.</summary>
    public string? ContentType => ContentHeaders.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    /// <summary>Sends the request and reads the whole answer.</summary>
    public static async Task<Answer> Receive(HttpClient http, HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        return new Answer((int)response.StatusCode, body, response.Headers, response.Content.Headers);
    }
}
