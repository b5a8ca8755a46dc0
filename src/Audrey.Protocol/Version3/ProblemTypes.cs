namespace Audrey.Protocol.Version3;

/// <summary>The types of <see cref="Problem"/>. They never change their meaning, and programs may compare them.</summary>
public static class ProblemTypes
{
    private const string Prefix = "urn:audrey:problem:";

    /// <summary>401: no such instance, or the secret is not its.</summary>
    public const string NotAuthorized = Prefix + "not-authorized";

    /// <summary>403: the secret came over plain HTTP from another machine.</summary>
    public const string TlsRequired = Prefix + "tls-required";

    /// <summary>404: no such thing, or none that the caller may know of.</summary>
    public const string NotFound = Prefix + "not-found";

    /// <summary>405: the path has no such method.</summary>
    public const string MethodNotAllowed = Prefix + "method-not-allowed";

    /// <summary>400: the body is not the JSON that is expected.</summary>
    public const string BadJson = Prefix + "bad-json";

    /// <summary>400: the request is well-formed and cannot be taken; each fault is in <see cref="Problem.Errors"/>.</summary>
    public const string BadRequest = Prefix + "bad-request";

    /// <summary>413: the body is too large.</summary>
    public const string TooLarge = Prefix + "too-large";

    /// <summary>415: the body is not of the type <c>application/json</c>, or it is encoded.</summary>
    public const string BadMediaType = Prefix + "bad-media-type";

    /// <summary>409: the instance was registered anew: say hello again.</summary>
    public const string OtherGeneration = Prefix + "other-generation";

    /// <summary>409: something newer was taken before.</summary>
    public const string OldRevision = Prefix + "old-revision";

    /// <summary>409: something else was taken under that revision or run.</summary>
    public const string RevisionUsed = Prefix + "revision-used";

    /// <summary>403: it belongs to another conductor.</summary>
    public const string NotYours = Prefix + "not-yours";

    /// <summary>409: an instance's UUID is used in another deployable.</summary>
    public const string IdInUse = Prefix + "id-in-use";

    /// <summary>409: the deployable is being deleted; see <c>Retry-After</c>.</summary>
    public const string BeingDeleted = Prefix + "being-deleted";

    /// <summary>409: the deployable is registered already, with other instances or in another way.</summary>
    public const string AlreadyRegistered = Prefix + "already-registered";

    /// <summary>409: the deployable's registration has begun and is not finished; the same registration again goes on with it.</summary>
    public const string BeingRegistered = Prefix + "being-registered";

    /// <summary>429: too many requests of this instance at once; see <c>Retry-After</c>.</summary>
    public const string TooManyRequests = Prefix + "too-many-requests";

    /// <summary>503: not now; see <c>Retry-After</c>.</summary>
    public const string Unavailable = Prefix + "unavailable";

    /// <summary>500: the server failed; its log names the cause.</summary>
    public const string Failed = Prefix + "failed";
}
