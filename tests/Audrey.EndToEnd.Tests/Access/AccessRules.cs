namespace Audrey.EndToEnd.Tests.Access;

/// <summary>The identity as which a request is sent.</summary>
internal enum Identity
{
    Nobody,
    UnknownKey,
    WrongSecret,
    RevokedConductor,
    Guest,
    GuestWithWrongSecret,
    UnknownGuest,
    OtherGuest,
    ConfiguredConductor,
    AddedConductor,
    OldSecret,
    NewSecret,
    OtherConductor,
    Viewer,
    Administrator,
}

/// <summary>The authentication scheme of a request.</summary>
internal enum Scheme
{
    OAuth,
    Basic,
}

/// <summary>The callers that are allowed to call a route.</summary>
internal enum Access
{
    Anyone,
    SigningGuestOrConductor,
    SigningGuest,
    SigningConductor,
    Guest,
    Conductor,
    Administrator,
}

/// <summary>A route in one version of the protocol.</summary>
/// <param name="Pattern">The method and the pattern of the path.</param>
/// <param name="Version">The version.</param>
internal sealed record VersionedRoute(string Pattern, int Version)
{
    /// <summary>Gets the name in the table.</summary>
    public string Name => Pattern.Replace("{version}", $"{Version}", StringComparison.Ordinal);
}

/// <summary>The rule of one route.</summary>
/// <param name="Access">The callers that are allowed to call the route.</param>
/// <param name="Foreign">The result for a conductor that does not own the resource in the path.</param>
/// <param name="Reads">Whether the route only reads, so that a viewer may call it.</param>
internal sealed record AccessRule(Access Access, string Foreign = AccessRule.Allowed, bool Reads = true)
{
    public const string Allowed = "yes";

    /// <summary>Returns the expected result for a caller: <see cref="Allowed"/>, or the status of the refusal.</summary>
    public string Expect(Identity identity, Scheme scheme)
    {
        var isGuest = identity == Identity.Guest;
        var isAnyGuest = isGuest || identity == Identity.OtherGuest;
        var isUnproven = identity is Identity.GuestWithWrongSecret or Identity.UnknownGuest;
        var isOwner = identity is Identity.ConfiguredConductor or Identity.AddedConductor or Identity.OldSecret or Identity.NewSecret
            or Identity.Viewer or Identity.Administrator;
        var isRefusedViewer = identity == Identity.Viewer && !Reads;
        var isOther = identity == Identity.OtherConductor;
        return Access switch
        {
            Access.Anyone => Allowed,
            Access.SigningGuestOrConductor => Allow(scheme == Scheme.OAuth && (isAnyGuest || isOwner || isOther)),
            Access.SigningGuest when scheme == Scheme.OAuth && isUnproven => "404",
            Access.SigningGuest => Allow(scheme == Scheme.OAuth && isGuest),
            Access.Guest => Allow(scheme == Scheme.Basic && isGuest),
            Access.SigningConductor when scheme == Scheme.OAuth && isOther => Foreign,
            Access.Conductor when scheme == Scheme.Basic && isOther => Foreign,
            Access.SigningConductor when scheme == Scheme.OAuth && isRefusedViewer => "403",
            Access.Conductor when scheme == Scheme.Basic && isRefusedViewer => "403",
            Access.Administrator when scheme == Scheme.Basic =>
                identity is Identity.Administrator or Identity.ConfiguredConductor ? Allowed : isOwner || isOther ? "403" : "401",
            Access.Administrator => "401",
            Access.SigningConductor => Allow(scheme == Scheme.OAuth && isOwner),
            _ => Allow(scheme == Scheme.Basic && isOwner),
        };
    }

    private static string Allow(bool isAllowed) => isAllowed ? Allowed : "401";
}

/// <summary>The rules of all routes. If a route has no rule, the test fails.</summary>
internal static class AccessRules
{
    public static readonly IReadOnlyDictionary<string, AccessRule> Table = new Dictionary<string, AccessRule>
    {
        ["GET /health/live"] = new(Access.Anyone),
        ["GET /health/ready"] = new(Access.Anyone),
        ["GET /openapi/{documentName}.json"] = new(Access.Anyone),
        ["GET /openapi/v3/{documentName?}"] = new(Access.Anyone),
        ["GET /schemas/deployable-1.json"] = new(Access.Anyone),
        ["GET /openapi/v3/favicon.svg"] = new(Access.Anyone),
        ["GET /openapi/v3/scalar.aspnetcore.js"] = new(Access.Anyone),
        ["GET /openapi/v3/scalar.js"] = new(Access.Anyone),
        ["GET /version"] = new(Access.Anyone),
        ["HEAD /version"] = new(Access.Anyone),
        ["GET /auth"] = new(Access.SigningGuestOrConductor),
        ["HEAD /auth"] = new(Access.SigningGuestOrConductor),
        ["GET /configs/{version}/{uuid}"] = new(Access.SigningGuest),
        ["GET /configs/{version}/{uuid}/{service}"] = new(Access.SigningGuest),
        ["HEAD /configs/{version}/{uuid}"] = new(Access.SigningGuest),
        ["HEAD /configs/{version}/{uuid}/{service}"] = new(Access.SigningGuest),
        ["POST /configs/{version}/{uuid}"] = new(Access.SigningConductor, "403", Reads: false),
        ["GET /params/{version}/{uuid}"] = new(Access.SigningGuest),
        ["HEAD /params/{version}/{uuid}"] = new(Access.SigningGuest),
        ["PUT /params/{version}/{uuid}"] = new(Access.SigningGuest),
        ["GET /files/{version}/{uuid}"] = new(Access.SigningGuest),
        ["HEAD /files/{version}/{uuid}"] = new(Access.SigningGuest),
        ["PUT /files/{version}/{uuid}"] = new(Access.SigningConductor, "403", Reads: false),
        ["GET /ip/{version}/{uuid}"] = new(Access.SigningConductor, "404"),
        ["HEAD /ip/{version}/{uuid}"] = new(Access.SigningConductor, "404"),
        ["DELETE /deployment/{version}/{deployable}"] = new(Access.SigningConductor, "403", Reads: false),
        ["GET /reports/{version}/instance/{uuid}"] = new(Access.SigningConductor, "404"),
        ["HEAD /reports/{version}/instance/{uuid}"] = new(Access.SigningConductor, "404"),
        ["GET /reports/{version}/deployment/{deployable}"] = new(Access.SigningConductor, "404"),
        ["HEAD /reports/{version}/deployment/{deployable}"] = new(Access.SigningConductor, "404"),
        ["GET /v3/instances/{uuid}/hello"] = new(Access.Guest),
        ["PUT /v3/instances/{uuid}/heartbeat"] = new(Access.Guest),
        ["PUT /v3/instances/{uuid}/values"] = new(Access.Guest),
        ["GET /v3/instances/{uuid}/configuration"] = new(Access.Guest),
        ["PUT /v3/instances/{uuid}/services/{service}"] = new(Access.Guest),
        ["PUT /v3/instances/{uuid}/applied"] = new(Access.Guest),
        ["PUT /v3/instances/{uuid}/facts"] = new(Access.Guest),
        ["GET /v3/instances/{uuid}/tarball"] = new(Access.Guest),
        ["GET /v3/instances/{uuid}/report"] = new(Access.Conductor, "404"),
        ["GET /v3/bus"] = new(Access.Conductor),
        ["POST /v3/broker/user"] = new(Access.Anyone),
        ["POST /v3/broker/vhost"] = new(Access.Anyone),
        ["POST /v3/broker/resource"] = new(Access.Anyone),
        ["POST /v3/broker/topic"] = new(Access.Anyone),
        ["GET /v3/deployables"] = new(Access.Conductor),
        ["GET /v3/deployables/{deployable}"] = new(Access.Conductor, "404"),
        ["PUT /v3/deployables/{deployable}"] = new(Access.Conductor, "403", Reads: false),
        ["DELETE /v3/deployables/{deployable}"] = new(Access.Conductor, "403", Reads: false),
        ["GET /v3/deployables/{deployable}/summary"] = new(Access.Conductor, "404"),
        ["GET /v3/deployables/{deployable}/instances"] = new(Access.Conductor, "404"),
        ["PUT /v3/deployables/{deployable}/launches/{digest}"] = new(Access.Conductor, "403", Reads: false),
        ["DELETE /v3/deployables/{deployable}/launches/{digest}"] = new(Access.Conductor, "403", Reads: false),
        ["POST /v3/deployables/{deployable}/launches/{digest}/instances"] = new(Access.Conductor, "404", Reads: false),
        ["POST /v3/deployables/{deployable}/launches/{digest}/seal"] = new(Access.Conductor, "404", Reads: false),
        ["POST /v3/deployables/{deployable}/differences"] = new(Access.Conductor, "404", Reads: false),
        ["PUT /v3/deployables/{deployable}/groups/{group}"] = new(Access.Conductor, "403", Reads: false),
        ["GET /v3/deployables/{deployable}/groups/{group}"] = new(Access.Conductor, "404"),
        ["GET /v3/deployables/{deployable}/groups/{group}/added"] = new(Access.Conductor, "404", Reads: false),
        ["GET /v3/deployables/{deployable}/groups/{group}/removed"] = new(Access.Conductor, "404"),
        ["PUT /v3/deployables/{deployable}/instances/{uuid}/definition"] = new(Access.Conductor, "403", Reads: false),
        ["POST /v3/deployables/{deployable}/instances/{uuid}/replacement"] = new(Access.Conductor, "404", Reads: false),
        ["PUT /v3/deployables/{deployable}/instances/{uuid}"] = new(Access.Conductor, "404", Reads: false),
        ["POST /v3/deployables/{deployable}/instances/{uuid}/secret"] = new(Access.Conductor, "404", Reads: false),
        ["POST /v3/deployables/{deployable}/instances/{uuid}/retry"] = new(Access.Conductor, "404", Reads: false),
        ["GET /v3/instances/{uuid}/secret"] = new(Access.Guest),
        ["GET /v3/deployables/{deployable}/owner"] = new(Access.Administrator),
        ["PUT /v3/deployables/{deployable}/owner"] = new(Access.Administrator),
        ["GET /v3/audit"] = new(Access.Administrator),
        ["GET /v3/conductors"] = new(Access.Administrator),
        ["PUT /v3/conductors/{conductor}"] = new(Access.Administrator),
        ["DELETE /v3/conductors/{conductor}"] = new(Access.Administrator),
        ["POST /v3/conductors/{conductor}/secret"] = new(Access.Administrator),
        ["GET /v3/deployables/{deployable}/events"] = new(Access.Conductor, "404"),
    };
}
