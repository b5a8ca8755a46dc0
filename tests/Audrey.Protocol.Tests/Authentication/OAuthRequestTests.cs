using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Tests.Authentication;

public sealed class OAuthRequestTests
{
    private const string Signature = "AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

    private const string Good = "oauth_consumer_key=k&oauth_signature_method=HMAC-SHA1&oauth_timestamp=12&oauth_nonce=n&oauth_version=1.0"
        + "&oauth_signature=" + Signature;

    private static readonly OAuthTarget Target = new("http", "config.example.com", "/params/1/u");

    [Theory]
    [InlineData("", OAuthFailure.NoCredential)]
    [InlineData("api_compat=1-2", OAuthFailure.NoCredential)]
    [InlineData("oauth_consumer_key=k", OAuthFailure.UnknownSignatureMethod)]
    public void A_query_without_a_credential_is_refused(string query, OAuthFailure expected) =>
        Assert.Equal(expected, new Wire(Query: query).Failure());

    [Theory]
    [InlineData("oauth_consumer_key=k", "", OAuthFailure.MissingKey)]
    [InlineData("oauth_consumer_key=k", "oauth_consumer_key=", OAuthFailure.EmptyKey)]
    [InlineData("oauth_signature_method=HMAC-SHA1", "", OAuthFailure.UnknownSignatureMethod)]
    [InlineData("HMAC-SHA1", "PLAINTEXT", OAuthFailure.UnknownSignatureMethod)]
    [InlineData("HMAC-SHA1", "HMAC-SHA256", OAuthFailure.UnknownSignatureMethod)]
    [InlineData("oauth_nonce=n", "", OAuthFailure.MissingNonce)]
    [InlineData("oauth_nonce=n", "oauth_nonce=", OAuthFailure.MissingNonce)]
    [InlineData("oauth_timestamp=12", "", OAuthFailure.MissingTimestamp)]
    [InlineData("oauth_timestamp=12", "oauth_timestamp=", OAuthFailure.MissingTimestamp)]
    [InlineData("oauth_timestamp=12", "oauth_timestamp=-12", OAuthFailure.MalformedTimestamp)]
    [InlineData("oauth_timestamp=12", "oauth_timestamp=12.5", OAuthFailure.MalformedTimestamp)]
    [InlineData("oauth_timestamp=12", "oauth_timestamp=1234567890123456789", OAuthFailure.MalformedTimestamp)]
    [InlineData("&oauth_signature=" + Signature, "", OAuthFailure.MissingSignature)]
    [InlineData(Signature, "", OAuthFailure.MissingSignature)]
    [InlineData(Signature, "AAAA", OAuthFailure.MalformedSignature)]
    [InlineData(Signature, "!AAAAAAAAAAAAAAAAAAAAAAAAAA%3D", OAuthFailure.MalformedSignature)]
    [InlineData(Signature, "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", OAuthFailure.MalformedSignature)]
    [InlineData("=1.0", "=2.0", OAuthFailure.UnknownVersion)]
    [InlineData("=1.0", "=", OAuthFailure.UnknownVersion)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth_nonce=n", OAuthFailure.DuplicateParameter)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth%5Fnonce=m", OAuthFailure.DuplicateParameter)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth_other=n&oauth_other=m", OAuthFailure.DuplicateParameter)]
    public void A_bad_credential_is_refused_in_query_form_and_header(string good, string bad, OAuthFailure expected)
    {
        var text = Good.Replace(good, bad, StringComparison.Ordinal);
        Assert.Equal(OAuthFailure.None, new Wire(Query: Good).Failure());
        Assert.Equal(expected, new Wire(Query: text).Failure());
        Assert.Equal(expected, new Wire("PUT", Form: text).Failure());
        Assert.Equal(expected, new Wire(Authorization: CreateHeader(text)).Failure());
    }

    [Fact]
    public void A_parameter_in_two_places_is_a_duplicate()
    {
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire("PUT", Query: Good, Form: "oauth_nonce=n").Failure());
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire("PUT", Authorization: CreateHeader(Good), Form: "oauth_nonce=n").Failure());
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire(Query: "oauth_nonce=m", Authorization: CreateHeader(Good)).Failure());
    }

    [Theory]
    [InlineData("OAuth oauth_nonce", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth oauth_nonce=\"a", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth oauth_nonce=\"a\"b", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth =\"a\"", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth a b=\"a\"", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth realm=\"a\\", OAuthFailure.MalformedHeader)]
    [InlineData("OAuth", OAuthFailure.NoCredential)]
    [InlineData("OAuth ", OAuthFailure.NoCredential)]
    [InlineData("OAuth ,, ,", OAuthFailure.NoCredential)]
    [InlineData("OAuth realm=\"x\"", OAuthFailure.NoCredential)]
    [InlineData("OAuthx oauth_nonce=\"a\"", OAuthFailure.NoCredential)]
    [InlineData("Basic dTpw", OAuthFailure.NoCredential)]
    public void A_header_without_a_credential_is_refused(string header, OAuthFailure expected) =>
        Assert.Equal(expected, new Wire(Authorization: header).Failure());

    [Fact]
    public void A_header_of_another_scheme_does_not_hide_the_query() =>
        Assert.Equal(OAuthFailure.None, new Wire(Query: Good, Authorization: "Basic dTpw").Failure());

    [Fact]
    public void The_realm_is_not_signed()
    {
        var header = Signer().SignHeader("GET", Target, realm: "a \"quoted\", realm=\\");
        var upper = header.Replace("OAuth realm", "oauth  REALM", StringComparison.Ordinal);
        Assert.True(new Wire(Path: Target.Path, Authorization: header).Verify("secret"));
        Assert.True(new Wire(Path: Target.Path, Authorization: upper).Verify("secret"));
    }

    [Fact]
    public void A_header_may_have_no_quotes_and_no_spaces()
    {
        var header = Signer().SignHeader("GET", Target);
        Assert.True(new Wire(Path: Target.Path, Authorization: header.Replace("\"", "", StringComparison.Ordinal)).Verify("secret"));
        Assert.True(new Wire(Path: Target.Path, Authorization: header.Replace(", ", ",", StringComparison.Ordinal)).Verify("secret"));
    }

    [Fact]
    public void Too_many_parameters_are_refused()
    {
        var parameters = string.Concat(Enumerable.Range(0, OAuthRequest.MaxParameters - 6).Select(i => $"&p{i}=v"));
        Assert.Equal(OAuthFailure.None, new Wire(Query: Good + parameters).Failure());
        Assert.Equal(OAuthFailure.TooManyParameters, new Wire(Query: Good + parameters + "&one=more").Failure());
    }

    [Fact]
    public void Too_many_bytes_are_refused()
    {
        var message = new OAuthMessage
        {
            Method = "PUT",
            Scheme = "http",
            Host = "h",
            Path = "/",
            Query = Good,
            Form = new byte[OAuthRequest.MaxBytes],
        };
        Assert.False(OAuthRequest.TryParse(message, out _, out var failure));
        Assert.Equal(OAuthFailure.TooLarge, failure);
    }

    [Fact]
    public void A_parsed_credential_is_decoded()
    {
        var query = Good.Replace("=k", "=a%20b%C3%A9", StringComparison.Ordinal).Replace("=n", "=x%25y", StringComparison.Ordinal);
        using var request = new Wire(Query: query).Parse();
        Assert.Equal("a bé", request.ConsumerKey);
        Assert.Equal("x%y"u8, request.Nonce);
        Assert.Equal(12, request.Timestamp);
        Assert.Equal("1.0", request.Version);
        Assert.Equal("HMAC-SHA1", OAuthRequest.SignatureMethod);
        Assert.Equal(new byte[20], request.Signature.ToArray());
    }

    [Fact]
    public void The_version_may_be_missing()
    {
        using var request = new Wire(Query: Good.Replace("oauth_version=1.0&", "", StringComparison.Ordinal)).Parse();
        Assert.Null(request.Version);
    }

    [Fact]
    public void An_empty_secret_verifies_nothing()
    {
        // The request is signed with the empty secret. With this secret, the server of 2012 accepted any unknown key.
        const string query = "oauth_consumer_key=k&oauth_nonce=n&oauth_signature_method=HMAC-SHA1&oauth_timestamp=12"
            + "&oauth_signature=FQS3aafvN5bg%2Feyfl1qV8AdRigU%3D";

        Assert.Equal(OAuthFailure.None, new Wire(Query: query).Failure());
        Assert.False(new Wire(Query: query).Verify(""));
    }

    [Fact]
    public void A_signature_does_not_match_a_changed_body()
    {
        var form = Encoding.UTF8.GetString(Signer().SignForm("PUT", Target, "audrey_data=%7Ca%26YQ%3D%3D%7C"u8));
        Assert.True(new Wire("PUT", Target.Path, Form: form).Verify("secret"));
        Assert.False(new Wire("PUT", Target.Path, Form: form.Replace("YQ", "Yg", StringComparison.Ordinal)).Verify("secret"));
        Assert.False(new Wire("PUT", Target.Path, Form: form + "&other=1").Verify("secret"));
    }

    [Fact]
    public void Only_data_and_audrey_data_in_the_body_may_be_unsigned()
    {
        var header = Signer().SignHeader("PUT", Target, realm: "");
        var wire = new Wire("PUT", Target.Path, Authorization: header);
        Assert.True((wire with { Form = "audrey_data=1" }).Verify("secret"));
        Assert.True((wire with { Form = "data=1" }).Verify("secret"));
        Assert.True((wire with { Form = "audrey_data=1&data=2&data=3" }).Verify("secret"));
        Assert.False((wire with { Form = "audrey_data=1&other=2" }).Verify("secret"));
        Assert.False((wire with { Form = "other=2" }).Verify("secret"));
        Assert.False((wire with { Query = "audrey_data=1" }).Verify("secret"));
        Assert.False((wire with { Query = "data=1", Form = "data=1" }).Verify("secret"));
    }

    [Fact]
    public void A_signed_field_after_the_oauth_parameters_may_accompany_an_unsigned_one()
    {
        var header = Signer().SignHeader("PUT", Target, "zz=1"u8);
        Assert.True(new Wire("PUT", Target.Path, Authorization: header, Form: "zz=1&data=2").Verify("secret"));
        Assert.False(new Wire("PUT", Target.Path, Authorization: header, Form: "zz=2&data=2").Verify("secret"));
    }

    [Fact]
    public void A_secret_may_be_given_in_utf_8()
    {
        var header = new OAuthSigner("k", "é&+ ", TimeProvider.System).SignHeader("GET", Target);
        using var request = new Wire(Path: Target.Path, Authorization: header).Parse();
        Assert.True(request.Verify("é&+ "));
        Assert.True(request.Verify("é&+ "u8));
        Assert.False(request.Verify("é&+"u8));
    }

    [Fact]
    public void A_disposed_request_cannot_be_used()
    {
        var request = new Wire(Query: Good).Parse();
        request.Dispose();
        request.Dispose();
        Assert.Throws<ObjectDisposedException>(() => request.Verify("secret"));
        Assert.Throws<ObjectDisposedException>(() => request.CreateMark());
    }

    private static OAuthSigner Signer() => new("u", "secret", TimeProvider.System);

    private static string CreateHeader(string form) => "OAuth " + string.Join(
        ", ",
        form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Replace("=", "=\"", StringComparison.Ordinal) + "\""));
}
