namespace Audrey.Protocol.Authentication;

/// <summary>Why a request carries no credential that could be verified. Every one of them is answered 401.</summary>
public enum OAuthFailure
{
    /// <summary>No failure: the credential was parsed (and is still to be verified).</summary>
    None = 0,

    /// <summary>No <c>oauth_</c> parameter in the query, the form body or an <c>Authorization: OAuth</c> header.</summary>
    NoCredential,

    /// <summary>The <c>Authorization: OAuth</c> header is not a list of <c>name="value"</c>.</summary>
    MalformedHeader,

    /// <summary>An <c>oauth_</c> parameter is given more than once, in one place or in several.</summary>
    DuplicateParameter,

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

    /// <summary><c>oauth_timestamp</c> is not a count of seconds in at most 18 decimal digits.</summary>
    MalformedTimestamp,

    /// <summary><c>oauth_nonce</c> is missing or empty.</summary>
    MissingNonce,

    /// <summary><c>oauth_version</c> is given and is not <c>1.0</c>.</summary>
    UnknownVersion,

    /// <summary>More than <see cref="OAuthRequest.MaxParameters"/> parameters.</summary>
    TooManyParameters,

    /// <summary>Query, header and form body together exceed <see cref="OAuthRequest.MaxBytes"/>.</summary>
    TooLarge,
}
