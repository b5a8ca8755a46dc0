using System.Text;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Tests.Authentication.Oracles;

namespace Audrey.Protocol.Tests.Authentication;

/// <summary>Compares our implementation of OAuth with independent implementations.</summary>
public sealed class OracleTests
{
    [Fact]
    public Task Requests_signed_by_ruby_oauth_are_verified() =>
        // When ruby-oauth puts the signature into the form, it copies the query into the form but does not sign the copy.
        SignaturesAreVerified(
            Oracle.Ruby,
            OracleCases.All(percentInKeys: true).Select(c => c.Where == "form" ? c with { Query = "" } : c));

    [Fact]
    public Task Requests_signed_by_oauthlib_are_verified() =>
        // Before oauthlib signs a key in a query, it unescapes the key twice. Therefore it signs a key that contains '%' incorrectly.
        SignaturesAreVerified(Oracle.Python, OracleCases.All(percentInKeys: false));

    [Fact]
    public Task Ruby_oauth_verifies_our_requests() =>
        OurSignaturesAreVerified(Oracle.Ruby, OracleCases.All(percentInKeys: true));

    [Fact]
    public Task Oauthlib_verifies_our_requests() =>
        OurSignaturesAreVerified(Oracle.Python, OracleCases.All(percentInKeys: false));

    [Fact]
    public Task Requests_from_guests_of_2012_are_verified() => SignaturesAreVerified(
        Oracle.Python,
        [
            Guest("guest-1.5", "GET", ""),
            Guest("guest-1.5", "GET", "") with { Path = "/version", Query = "api_compat=1-2" },
            Guest("guest-1.5", "PUT", "audrey_data=%7Cip%26MTAuMC4wLjE%3D%7C"),
            Guest("guest-1.5", "PUT", "audrey_data=%7C%26%7C") with { Host = "config.example.com:8443", Scheme = "https" },
            Guest("guest-1.2", "GET", ""),
            Guest("guest-1.2", "PUT", "audrey_data=%7Cip%26MTAuMC4wLjE%3D%7C"),
            Guest("guest-1.2", "PUT", "data=abc&audrey_data=%7C%7Chttp%26MA%3D%3D%7C"),
        ]);

    [Fact]
    public Task A_guest_that_signs_its_path_before_escaping_it_is_verified() => SignaturesAreVerified(
        Oracle.Python,
        [
            Guest("guest-1.5", "GET", "") with { Path = "/configs/1/%C3%A9%7e%e6%97%A5", SignedPath = "/configs/1/é%7e日" },
            Guest("guest-1.2", "PUT", "audrey_data=%7C%26%7C") with { Path = "/configs/1/a%20%C3%A9", SignedPath = "/configs/1/a%20é" },
        ]);

    private static OracleCase Guest(string client, string method, string form) => new(
        "sign", method, "http", "config.example.com:4567", "/params/2/mysql-uuid", "", form, "mysql-uuid", "s3cret", client);

    private static async Task SignaturesAreVerified(Oracle oracle, IEnumerable<OracleCase> requests)
    {
        var cases = requests.Select(request => request with { Do = "sign" }).ToList();
        var answers = await oracle.AskAsync(cases);
        var errors = new StringBuilder();
        foreach (var (request, answer) in cases.Zip(answers))
        {
            var wire = Wire.From(request, answer);
            var formMayBeUnsigned = request.Where == "guest-1.2";
            if (!wire.Verify(request.Secret, out var details, formMayBeUnsigned))
                errors.AppendLine($"not verified: {request}\n  {wire}\n  {details}");
            else if (wire.Verify(request.Secret + "x")) errors.AppendLine($"verified with a wrong secret: {request}");
            else if (WithOtherPath(wire).Verify(request.Secret)) errors.AppendLine($"verified for another path: {request}");
        }

        Assert.True(errors.Length == 0, errors.ToString());
    }

    private static async Task OurSignaturesAreVerified(Oracle oracle, IEnumerable<OracleCase> requests)
    {
        var cases = requests.Select((request, i) => Sign(request, i)).ToList();
        var answers = await oracle.AskAsync(cases);
        var rejected = cases.Zip(answers).Where(pair => !pair.Second.Valid).Select(pair => pair.First.ToString());
        Assert.Equal("", string.Join('\n', rejected));
    }

    private static OracleCase Sign(OracleCase request, int i)
    {
        var signer = new OAuthSigner(request.Key, request.Secret, TimeProvider.System) { OmitVersion = i % 5 == 0 };
        var target = new OAuthTarget(request.Scheme, request.Host, request.Path, request.Query);
        var form = Encoding.UTF8.GetBytes(request.Form);
        var bodyHash = form.Length == 0 ? OAuthSigner.EmptyBodyHash : null;
        request = request with { Do = "verify" };
        return request.Where switch
        {
            "header" => request with { Authorization = signer.SignHeader(request.Method, target, form, request.Realm, bodyHash) },
            "query" => request with { Query = signer.SignQuery(request.Method, target, form, bodyHash).Split('?', 2)[1] },
            _ => request with { Form = Encoding.UTF8.GetString(signer.SignForm(request.Method, target, form)) },
        };
    }

    private static Wire WithOtherPath(Wire wire) => wire with { Path = wire.Path + "x" };
}
