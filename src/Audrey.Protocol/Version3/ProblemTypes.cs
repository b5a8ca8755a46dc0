namespace Audrey.Protocol.Version3;

/// <summary>The types of <see cref="Problem"/>. The meaning of a type never changes, so programs may compare types.</summary>
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

    /// <summary>408: the body did not arrive in time.</summary>
    public const string TooSlow = Prefix + "too-slow";

    /// <summary>413: the body is too large.</summary>
    public const string TooLarge = Prefix + "too-large";

    /// <summary>415: the body is not of type <c>application/json</c>, or it has a content encoding.</summary>
    public const string BadMediaType = Prefix + "bad-media-type";

    /// <summary>409: the instance was registered again. The guest must say hello again.</summary>
    public const string OtherGeneration = Prefix + "other-generation";

    /// <summary>409: a newer revision or run was already accepted.</summary>
    public const string OldRevision = Prefix + "old-revision";

    /// <summary>409: other content was already accepted under this revision or run.</summary>
    public const string RevisionUsed = Prefix + "revision-used";

    /// <summary>409: the conductor has a credential already.</summary>
    public const string CredentialExists = Prefix + "credential-exists";

    /// <summary>409: the maximum number of credentials is reached.</summary>
    public const string TooManyCredentials = Prefix + "too-many-credentials";

    /// <summary>403: the role of the conductor's credential does not permit the operation.</summary>
    public const string RoleRequired = Prefix + "role-required";

    /// <summary>403: the resource belongs to another conductor.</summary>
    public const string NotYours = Prefix + "not-yours";

    /// <summary>409: the UUID of an instance is used in another deployable.</summary>
    public const string IdInUse = Prefix + "id-in-use";

    /// <summary>409: the deployable is being deleted. See <c>Retry-After</c>.</summary>
    public const string BeingDeleted = Prefix + "being-deleted";

    /// <summary>409: the deployable is already registered, with other instances or with other content.</summary>
    public const string AlreadyRegistered = Prefix + "already-registered";

    /// <summary>409: the registration of the deployable is not finished. Sending the same registration again continues it.</summary>
    public const string BeingRegistered = Prefix + "being-registered";

    /// <summary>409: not all instances of the launch are registered, so it cannot be sealed. Send the missing instances.</summary>
    public const string InstancesMissing = Prefix + "instances-missing";

    /// <summary>409: another scaling of the deployable is not finished. See <c>Retry-After</c>.</summary>
    public const string BeingScaled = Prefix + "being-scaled";

    /// <summary>409: the deployable is being handed to another conductor. See <c>Retry-After</c>.</summary>
    public const string BeingHandedOver = Prefix + "being-handed-over";

    /// <summary>409: no service has failed that could run again, or the guest cannot be told.</summary>
    public const string NotFailed = Prefix + "not-failed";

    /// <summary>
    /// 409: the request would exceed a quota of the conductor. <see cref="Problem.Quota"/>, <see cref="Problem.Limit"/> and
    /// <see cref="Problem.Present"/> have the numbers. Nothing was changed.
    /// </summary>
    public const string QuotaExceeded = Prefix + "quota-exceeded";

    /// <summary>409: the conductor has sent commands with later timestamps. See <c>Retry-After</c>.</summary>
    public const string OutOfOrder = Prefix + "out-of-order";

    /// <summary>
    /// 429: this instance or conductor has too many concurrent requests, or this address has sent too many wrong secrets for the key of a
    /// conductor. See <c>Retry-After</c>.
    /// </summary>
    public const string TooManyRequests = Prefix + "too-many-requests";

    /// <summary>503: the server cannot serve the request now. See <c>Retry-After</c>.</summary>
    public const string Unavailable = Prefix + "unavailable";

    /// <summary>500: the server failed. The server's log names the cause.</summary>
    public const string Failed = Prefix + "failed";

    /// <summary>Returns the type with this name, such as <c>not-found</c>.</summary>
    public static string Of(string name) => Prefix + name;

    /// <summary>Returns the name of a type, such as <c>not-found</c>.</summary>
    public static string NameOf(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;
    }
}
