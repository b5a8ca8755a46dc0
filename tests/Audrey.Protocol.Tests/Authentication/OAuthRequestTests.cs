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
    [InlineData(Signature, "AAAAAAAAAAAAAAAAAAAAAAAAAAB%3D", OAuthFailure.MalformedSignature)]
    [InlineData("=1.0", "=2.0", OAuthFailure.UnknownVersion)]
    [InlineData("=1.0", "=", OAuthFailure.UnknownVersion)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth_nonce=n", OAuthFailure.DuplicateParameter)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth%5Fnonce=m", OAuthFailure.DuplicateParameter)]
    [InlineData("oauth_nonce=n", "oauth_nonce=n&oauth_other=n&oauth_other=m", OAuthFailure.DuplicateParameter)]
    public void A_bad_credential_is_refused_in_the_query_in_the_form_and_in_the_header(string good, string bad, OAuthFailure expected)
    {
        var text = Good.Replace(good, bad, StringComparison.Ordinal);
        Assert.Equal(OAuthFailure.None, new Wire(Query: Good).Failure());
        Assert.Equal(expected, new Wire(Query: text).Failure());
        Assert.Equal(expected, new Wire("PUT", Form: text).Failure());
        Assert.Equal(expected, new Wire(Authorization: CreateHeader(text)).Failure());
    }

    [Fact]
    public void A_parameter_that_occurs_in_two_locations_is_a_duplicate()
    {
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire("PUT", Query: Good, Form: "oauth_nonce=n").Failure());
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire("PUT", Authorization: CreateHeader(Good), Form: "oauth_nonce=n").Failure());
        Assert.Equal(OAuthFailure.DuplicateParameter, new Wire(Query: "oauth_nonce=m", Authorization: CreateHeader(Good)).Failure());
    }

    [Fact]
    public void Parameters_that_are_spread_over_several_locations_are_refused()
    {
        const string version = "oauth_version=1.0";
        var others = Good.Replace("&" + version, "", StringComparison.Ordinal);
        Assert.Equal(OAuthFailure.None, new Wire(Query: others).Failure());
        Assert.Equal(OAuthFailure.SeveralLocations, new Wire("PUT", Query: others, Form: version).Failure());
        Assert.Equal(OAuthFailure.SeveralLocations, new Wire(Query: version, Authorization: CreateHeader(others)).Failure());
        Assert.Equal(OAuthFailure.SeveralLocations, new Wire("PUT", Authorization: CreateHeader(others), Form: version).Failure());
    }

    [Theory]
    [InlineData("data", OAuthFailure.MisplacedField)]
    [InlineData("%64ata", OAuthFailure.MisplacedField)]
    [InlineData("audrey_data", OAuthFailure.None)]
    public void A_data_field_that_occurs_twice_or_at_a_wrong_place_is_refused(string field, OAuthFailure inQuery)
    {
        Assert.Equal(OAuthFailure.None, new Wire("PUT", Query: Good, Form: $"{field}=1").Failure());
        Assert.Equal(OAuthFailure.MisplacedField, new Wire("PUT", Query: Good, Form: $"{field}=1&{field}=1").Failure());
        Assert.Equal(inQuery, new Wire("PUT", Query: $"{Good}&{field}=1").Failure());
        Assert.Equal(OAuthFailure.MisplacedField, new Wire("PUT", Query: $"{Good}&{field}=1&{field}=1").Failure());
        Assert.Equal(OAuthFailure.MisplacedField, new Wire("PUT", Query: $"{Good}&{field}=1", Form: $"{field}=1").Failure());
        Assert.Equal(OAuthFailure.MisplacedField, new Wire("PUT", Authorization: CreateHeader($"{Good}&{field}=1")).Failure());
    }

    [Theory]
    [InlineData("", "Lve95gjOVATpfV8EL5X4nxwjKHE=", OAuthFailure.WrongBodyHash)]
    [InlineData("Hello World!", "Lve95gjOVATpfV8EL5X4nxwjKHE=", OAuthFailure.None)]
    [InlineData("Hello World?", "Lve95gjOVATpfV8EL5X4nxwjKHE=", OAuthFailure.WrongBodyHash)]
    [InlineData("Hello World!", OAuthSigner.EmptyBodyHash, OAuthFailure.None)]
    [InlineData("Hello World!", "Lve95gjOVATpfV8EL5X4nxwjKHF=", OAuthFailure.MalformedBodyHash)]
    [InlineData("Hello World!", "Lve9", OAuthFailure.MalformedBodyHash)]
    [InlineData("Hello World!", "", OAuthFailure.MalformedBodyHash)]
    public void A_body_hash_is_checked_unless_it_is_the_hash_of_an_empty_body(string form, string hash, OAuthFailure expected) =>
        Assert.Equal(expected, new Wire("PUT", Query: $"{Good}&oauth_body_hash={Uri.EscapeDataString(hash)}", Form: form).Failure());

    [Fact]
    public void The_caller_must_check_the_hash_of_a_body_that_is_read_later()
    {
        var query = Good + "&oauth_body_hash=" + Uri.EscapeDataString("Lve95gjOVATpfV8EL5X4nxwjKHE=");
        using var hashed = new Wire("PUT", Query: query, HasOtherBody: true).Parse();
        var emptyQuery = $"{Good}&oauth_body_hash={Uri.EscapeDataString(OAuthSigner.EmptyBodyHash)}";
        using var empty = new Wire("PUT", Query: emptyQuery, HasOtherBody: true).Parse();
        Assert.Equal(OAuthSigner.HashBody("Hello World!"u8), Convert.ToBase64String(hashed.BodyHash));
        Assert.True(empty.BodyHash.IsEmpty);
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
    public void A_credential_in_the_query_is_used_even_if_the_header_has_another_scheme() =>
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
        // The request is signed with the empty secret. The server of 2012 accepted such a request under any unknown key.
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
        var withQuery = Signer().SignHeader("PUT", Target with { Query = "audrey_data=1" }, realm: "");
        Assert.True(new Wire("PUT", Target.Path, "audrey_data=1", withQuery).Verify("secret", formMayBeUnsigned: true));
        Assert.False(new Wire("PUT", Target.Path, "audrey_data=2", withQuery).Verify("secret", formMayBeUnsigned: true));
        Assert.False(new Wire("PUT", Target.Path, "", withQuery, Form: "audrey_data=2").Verify("secret", formMayBeUnsigned: true));
        var header = Signer().SignHeader("PUT", Target, realm: "");
        var wire = new Wire("PUT", Target.Path, Authorization: header);
        Assert.True((wire with { Form = "audrey_data=1" }).Verify("secret", formMayBeUnsigned: true));
        Assert.True((wire with { Form = "data=1" }).Verify("secret", formMayBeUnsigned: true));
        Assert.True((wire with { Form = "audrey_data=1&data=2" }).Verify("secret", formMayBeUnsigned: true));
        Assert.False((wire with { Form = "audrey_data=1" }).Verify("secret"));
        Assert.False((wire with { Form = "data=2&data=3" }).Verify("secret", formMayBeUnsigned: true));
        Assert.False((wire with { Form = "audrey_data=1&other=2" }).Verify("secret", formMayBeUnsigned: true));
        Assert.False((wire with { Form = "other=2" }).Verify("secret", formMayBeUnsigned: true));
        Assert.False((wire with { Query = "audrey_data=1" }).Verify("secret", formMayBeUnsigned: true));
        Assert.False((wire with { Query = "data=1", Form = "data=1" }).Verify("secret", formMayBeUnsigned: true));
    }

    [Fact]
    public void The_form_may_be_unsigned_only_if_the_signature_is_in_the_header()
    {
        var query = Signer().SignQuery("PUT", Target).Split('?')[1];
        var form = Encoding.UTF8.GetString(Signer().SignForm("PUT", Target, default));
        Assert.False(new Wire("PUT", Target.Path, query, Form: "data=1").Verify("secret", formMayBeUnsigned: true));
        Assert.False(new Wire("PUT", Target.Path, Form: form + "&data=1").Verify("secret", formMayBeUnsigned: true));
    }

    [Fact]
    public void A_signed_field_after_the_oauth_parameters_and_an_unsigned_field_may_occur_together()
    {
        var header = Signer().SignHeader("PUT", Target, "zz=1"u8);
        Assert.True(new Wire("PUT", Target.Path, Authorization: header, Form: "zz=1&data=2").Verify("secret", formMayBeUnsigned: true));
        Assert.False(new Wire("PUT", Target.Path, Authorization: header, Form: "zz=2&data=2").Verify("secret", formMayBeUnsigned: true));
    }

    [Fact]
    public void A_secret_may_be_given_as_UTF_8_bytes()
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
