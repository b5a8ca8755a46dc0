using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>
/// The bytes of a signed request, as an attacker could capture them on the network. They can be sent any number of times.
/// </summary>
internal sealed record CapturedRequest(string Name, byte[] Head, byte[] Body)
{
    // The signature covers a fixed host name, so it stays valid when the port changes after a restart.
    private const string Host = "config.example.com";

    public static CapturedRequest Get(OAuthSigner signer, string path) =>
        new($"GET {path}", HeadOf("GET", signer.SignQuery("GET", Target(path)), "Content-Length: 0"), []);

    public static CapturedRequest Delete(OAuthSigner signer, string path)
    {
        var credential = signer.SignHeader("DELETE", Target(path));
        return new($"DELETE {path}", HeadOf("DELETE", path, $"Authorization: {credential}\r\nContent-Length: 0"), []);
    }

    /// <summary>Creates a request with a form body, for PUT /params and POST /configs.</summary>
    public static CapturedRequest Form(OAuthSigner signer, string method, string path, string field, string value)
    {
        var body = signer.SignForm(method, Target(path), Encoding.ASCII.GetBytes($"{field}={Uri.EscapeDataString(value)}"));
        var headers = $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}";
        return new($"{method} {path}", HeadOf(method, path, headers), body);
    }

    public static CapturedRequest Upload(OAuthSigner signer, string path, byte[] file)
    {
        byte[] body =
        [
            .. "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.tgz\"\r\n\r\n"u8, .. file, .. "\r\n--b--\r\n"u8,
        ];
        var credential = signer.SignHeader("PUT", Target(path), bodyHash: OAuthSigner.HashBody(body));
        var headers = $"Authorization: {credential}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {body.Length}";
        return new($"PUT {path}", HeadOf("PUT", path, headers), body);
    }

    /// <summary>Sends the request on a new connection.</summary>
    /// <returns>The status of the answer.</returns>
    public async Task<int> Send(Uri server) => ParseStatus(await Exchange(server));

    /// <summary>Sends the request on a new connection.</summary>
    /// <returns>The body of the answer.</returns>
    public async Task<string> SendForBody(Uri server) => (await Exchange(server)).Split("\r\n\r\n", 2)[1];

    private async Task<string> Exchange(Uri server)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync((byte[])[.. Head, .. Body]);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync().Within($"the answer to {Name}");
    }

    /// <summary>Parses the status in the first line of an answer.</summary>
    public static int ParseStatus(string answer) => answer.Split(' ') is ["HTTP/1.1", var status, ..]
        ? int.Parse(status, NumberStyles.None, CultureInfo.InvariantCulture)
        : throw new IOException($"The connection broke before the answer was complete: '{answer}'");

    private static byte[] HeadOf(string method, string target, string headers) =>
        Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n{headers}\r\n\r\n");

    private static OAuthTarget Target(string path) => new("http", Host, path);
}
