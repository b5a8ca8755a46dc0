namespace Audrey.Protocol.Authentication;

/// <summary>The reasons why a request has no credential that can be verified. The server answers all of them with 401.</summary>
public enum OAuthFailure
{
    /// <summary>No failure. The credential was parsed, but is not verified yet.</summary>
    None = 0,

    /// <summary>There is no <c>oauth_</c> parameter in the query, the form body or an <c>Authorization: OAuth</c> header.</summary>
    NoCredential,

    /// <summary>The <c>Authorization: OAuth</c> header is not a list of <c>name="value"</c>.</summary>
    MalformedHeader,

    /// <summary>An <c>oauth_</c> parameter occurs more than once, in one location or in several.</summary>
    DuplicateParameter,

    /// <summary>The <c>oauth_</c> parameters are in more than one of query, header and form body.</summary>
    SeveralLocations,

    /// <summary>
    /// <c>data</c> or <c>audrey_data</c> occurs more than once, <c>data</c> is outside the form body, or <c>audrey_data</c> is in the
    /// header.
    /// </summary>
    MisplacedField,

    /// <summary><c>oauth_consumer_key</c> is missing.</summary>
    MissingKey,

    /// <summary><c>oauth_consumer_key</c> is empty.</summary>
    EmptyKey,

    /// <summary><c>oauth_signature_method</c> is missing or is not <c>HMAC-SHA1</c>.</summary>
    UnknownSignatureMethod,

    /// <summary><c>oauth_signature</c> is missing or empty.</summary>
    MissingSignature,

    /// <summary><c>oauth_signature</c> is not the base64 of 20 bytes.</summary>
    MalformedSignature,

    /// <summary><c>oauth_timestamp</c> is missing or empty.</summary>
    MissingTimestamp,

    /// <summary><c>oauth_timestamp</c> is not a number of seconds in at most 18 decimal digits.</summary>
    MalformedTimestamp,

    /// <summary><c>oauth_nonce</c> is missing or empty.</summary>
    MissingNonce,

    /// <summary><c>oauth_body_hash</c> is not the base64 of 20 bytes.</summary>
    MalformedBodyHash,

    /// <summary><c>oauth_body_hash</c> is neither the hash of the body nor that of an empty body.</summary>
    WrongBodyHash,

    /// <summary><c>oauth_version</c> is present and is not <c>1.0</c>.</summary>
    UnknownVersion,

    /// <summary>There are more than <see cref="OAuthRequest.MaxParameters"/> parameters.</summary>
    TooManyParameters,

    /// <summary>Query, header and form body together exceed <see cref="OAuthRequest.MaxBytes"/>.</summary>
    TooLarge,
}
