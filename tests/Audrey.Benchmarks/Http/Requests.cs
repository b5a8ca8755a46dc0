using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Benchmarks.Http;

/// <summary>Creates requests as bytes, signed as guests and conductors of protocol version 2 sign them.</summary>
internal static class Requests
{
    public static byte[] Get(Uri endpoint, OAuthSigner signer, string path) =>
        Encoding.ASCII.GetBytes($"GET {signer.SignQuery("GET", Target(endpoint, path))} HTTP/1.1\r\nHost: {endpoint.Authority}\r\n\r\n");

    public static byte[] Put(Uri endpoint, OAuthSigner signer, string path, string data) =>
        Form("PUT", endpoint, signer, path, "audrey_data", data);

    public static byte[] Post(Uri endpoint, OAuthSigner signer, string path, string data) =>
        Form("POST", endpoint, signer, path, "data", data);

    /// <summary>Creates the Authorization header of a guest of version 3.</summary>
    public static string Basic(string uuid) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{uuid}:{Servers.SecretOf(uuid)}"))}\r\n";

    private static byte[] Form(string method, Uri endpoint, OAuthSigner signer, string path, string field, string data)
    {
        var body = signer.SignForm(method, Target(endpoint, path), Encoding.ASCII.GetBytes($"{field}={Uri.EscapeDataString(data)}"));
        var head = $"{method} {path} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private static OAuthTarget Target(Uri endpoint, string path) => new("http", endpoint.Authority, path);
}
