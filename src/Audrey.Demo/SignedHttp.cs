using System.Net.Http.Headers;
using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Demo;

/// <summary>Requests signed as guests sign them: on GET in the query, on PUT in the form body.</summary>
internal sealed class SignedHttp(Uri endpoint, OAuthSigner signer) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = endpoint };

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(signer.SignQuery("GET", Target(path), bodyHash: OAuthSigner.EmptyBodyHash), UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<byte[]> DownloadAsync(string path) =>
        await _http.GetByteArrayAsync(new Uri(signer.SignQuery("GET", Target(path)), UriKind.Relative));

    public Task<(int Status, string Body)> PutAsync(string path, string data) => SendFormAsync(HttpMethod.Put, path, "audrey_data", data);

    public async Task<(int Status, string Body)> SendFormAsync(HttpMethod method, string path, string field, string text)
    {
        var fields = Encoding.ASCII.GetBytes($"{field}={Uri.EscapeDataString(text)}");
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = new ByteArrayContent(signer.SignForm(method.Method, Target(path), fields));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();

    private OAuthTarget Target(string path) => OAuthTarget.Of(new Uri(endpoint, path));
}
