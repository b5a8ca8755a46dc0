using System.Text;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Tests.Authentication.Oracles;

namespace Audrey.Protocol.Tests.Authentication;

/// <summary>A request as it is sent over the network.</summary>
public sealed record Wire(
    string Method = "GET",
    string Path = "/configs/1/mysql-uuid",
    string Query = "",
    string Authorization = "",
    string Form = "",
    string Scheme = "http",
    string Host = "config.example.com",
    bool HasOtherBody = false)
{
    public static Wire From(OracleCase request, OracleAnswer answer) =>
        new(request.Method, answer.Path, answer.Query, answer.Authorization, answer.Form, request.Scheme, request.Host);

    public bool Verify(string secret, bool formMayBeUnsigned = false) => Verify(secret, out _, formMayBeUnsigned);

    public bool Verify(string secret, out string details, bool formMayBeUnsigned = false)
    {
        if (!TryParse(out var request, out var failure))
        {
            details = failure.ToString();
            return false;
        }

        using (request)
        {
            details = request!.GetBaseString();
            return request.Verify(secret, formMayBeUnsigned);
        }
    }

    public OAuthFailure Failure()
    {
        if (TryParse(out var request, out var failure)) request!.Dispose();
        return failure;
    }

    /// <summary>Parses the request and asserts that it is well-formed. The caller disposes the result.</summary>
    public OAuthRequest Parse()
    {
        Assert.True(TryParse(out var request, out var failure), failure.ToString());
        return request!;
    }

    /// <summary>Parses the request, and asserts that reading only the key has the same result.</summary>
    private bool TryParse(out OAuthRequest? request, out OAuthFailure failure)
    {
        var message = new OAuthMessage
        {
            Method = Method,
            Scheme = Scheme,
            Host = Host,
            Path = Path,
            Query = Query,
            Authorization = Authorization,
            Form = Encoding.UTF8.GetBytes(Form),
            HasOtherBody = HasOtherBody,
        };
        var isParsed = OAuthRequest.TryParse(message, out request, out failure);
        Assert.Equal(isParsed, OAuthRequest.TryReadKey(message, out var key, out var same));
        Assert.Equal((request?.ConsumerKey, failure), (key, same));
        return isParsed;
    }
}
