namespace Audrey.Protocol.Version3;

/// <summary>The types of <see cref="Problem"/>. Their meaning never changes, and programs may compare them.</summary>
public static class ProblemTypes
{
    private const string Prefix = "urn:audrey:problem:";

    /// <summary>401: there is no such instance, or the secret is wrong.</summary>
    public const string NotAuthorized = Prefix + "not-authorized";

    /// <summary>403: the secret was sent over plain HTTP from another machine.</summary>
    public const string TlsRequired = Prefix + "tls-required";

    /// <summary>404: the resource does not exist, or the caller may not know about it.</summary>
    public const string NotFound = Prefix + "not-found";

    /// <summary>405: the path does not support the method.</summary>
    public const string MethodNotAllowed = Prefix + "method-not-allowed";

    /// <summary>400: the body is not the expected JSON.</summary>
    public const string BadJson = Prefix + "bad-json";

    /// <summary>400: the request is well-formed but not valid. <see cref="Problem.Errors"/> lists each error.</summary>
    public const string BadRequest = Prefix + "bad-request";

    /// <summary>413: the body is too large.</summary>
    public const string TooLarge = Prefix + "too-large";

    /// <summary>415: the body is not of type <c>application/json</c>, or it has a content encoding.</summary>
    public const string BadMediaType = Prefix + "bad-media-type";

    /// <summary>409: the instance was registered again. The guest must say hello again.</summary>
    public const string OtherGeneration = Prefix + "other-generation";

    /// <summary>409: a newer revision or run was accepted before.</summary>
    public const string OldRevision = Prefix + "old-revision";

    /// <summary>409: different content was accepted under this revision or run.</summary>
    public const string RevisionUsed = Prefix + "revision-used";

    /// <summary>403: the resource belongs to another conductor.</summary>
    public const string NotYours = Prefix + "not-yours";

    /// <summary>409: the UUID of an instance is used in another deployable.</summary>
    public const string IdInUse = Prefix + "id-in-use";

    /// <summary>409: the deployable is being deleted. See <c>Retry-After</c>.</summary>
    public const string BeingDeleted = Prefix + "being-deleted";

    /// <summary>409: the deployable is already registered, with other instances or in another way.</summary>
    public const string AlreadyRegistered = Prefix + "already-registered";

    /// <summary>409: the registration of the deployable is not finished. Sending the same registration again continues it.</summary>
    public const string BeingRegistered = Prefix + "being-registered";

    /// <summary>429: this instance has too many concurrent requests. See <c>Retry-After</c>.</summary>
    public const string TooManyRequests = Prefix + "too-many-requests";

    /// <summary>503: the server cannot serve the request now. See <c>Retry-After</c>.</summary>
    public const string Unavailable = Prefix + "unavailable";

    /// <summary>500: the server failed. Its log names the cause.</summary>
    public const string Failed = Prefix + "failed";
}
