using System.Text;

namespace Audrey.Protocol.Tests.Authentication.Oracles;

/// <summary>The requests that both oracles sign and verify.</summary>
public static class OracleCases
{
    private static readonly string[] Hosts = ["config.example.com", "config.example.com:8080", "10.0.0.1:4567", "config.example.com:443"];

    private static readonly string[] Uuids =
        ["mysql-uuid", "a b", "é~ü", "a+b", "q\"u'o", "a&b=c", "x|y", "50%", "semi;colon,", "sub!$'()*:@", "日本"];

    private static readonly string[] Forms =
    [
        "", "audrey_data=%7Cip%26MTAuMC4wLjE%3D%7C", "audrey_data=%7Ca%26Yg%3D%3D%7C&other=",
        "data=%3Ca%20b%3D%22%C3%A9%22%2F%3E%0A&z=a%2Bb&z=a",
    ];

    /// <summary>
    /// Returns a case for each location of the OAuth parameters with each form body. The cases have unusual characters in keys, secrets and
    /// paths.
    /// </summary>
    public static IEnumerable<OracleCase> All(bool percentInKeys)
    {
        foreach (var (uuid, i) in Uuids.Select((uuid, i) => (uuid, i)))
            foreach (var form in Forms)
                foreach (var where in (string[])["header", "query", "form"])
                {
                    if (where == "form" && form.Length == 0) continue;

                    var key = percentInKeys ? uuid : uuid.Replace("%", "", StringComparison.Ordinal);
                    var method = form.StartsWith("data", StringComparison.Ordinal) ? "POST" : "PUT";
                    yield return new OracleCase(
                        "",
                        form.Length == 0 ? (i % 2 == 0 ? "GET" : "DELETE") : method,
                        i % 3 == 0 ? "https" : "http",
                        Hosts[i % Hosts.Length],
                        "/configs/1/" + (i % 2 == 0 ? Uri.EscapeDataString(uuid) : EscapeMinimally(uuid)),
                        i % 4 == 0 ? "api_compat=1-2&e=&sp=r%20b&tilde=%7E" : "",
                        form,
                        key,
                        "s3cr&t+ %" + uuid,
                        where,
                        i % 2 == 0 ? "" : null);
                }
    }

    /// <summary>Escapes only the characters that a URI must escape, unlike <see cref="Uri.EscapeDataString(string)"/>.</summary>
    private static string EscapeMinimally(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(char.IsAsciiLetterOrDigit(c) || "-._~!$&'()*+,;=:@".Contains(c, StringComparison.Ordinal)
                ? c.ToString()
                : Uri.EscapeDataString(c.ToString()));
        return escaped.ToString();
    }
}
