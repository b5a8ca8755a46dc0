using Audrey.EndToEnd.Tests.Protocol;
using static Audrey.Protocol.Version3.Version3Routes;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>A route with a request that the server accepts.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path. Names in braces stand for ids.</param>
internal sealed record HostileRoute(string Method, string Path)
{
    /// <summary>Gets the name of a parameter in the query. Empty if there is none.</summary>
    public string Query { get; init; } = "";

    /// <summary>Gets the body. Empty if there is none.</summary>
    public string Body { get; init; } = "";

    /// <summary>Gets the media type of the body.</summary>
    public string Type { get; init; } = HostileRoutes.Json;

    /// <summary>Gets whether the callers are guests.</summary>
    public bool IsForGuests { get; init; }

    /// <summary>Gets whether the callers sign by OAuth.</summary>
    public bool IsSigned { get; init; }
}

/// <summary>The routes that read input.</summary>
internal static class HostileRoutes
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";

    private const string Instance =
        """
        {"id":"uuid-1","assembly":"web","ordinal":1,"secret":"s","type":"t","provide":[{"name":"a","secret":true}],
        "services":[{"name":"s","classes":["c"],"executable":{"fileName":"start","contents":"x"},"files":[{"url":"ftp://h/f"}],
        "parameters":[{"name":"p","value":"v","type":"integer"},{"name":"q","base64":"QQ==","default":"d","secret":false},
        {"name":"r","from":{"instance":"uuid-2","parameter":"a"}},{"name":"t","from":{"group":"g","service":"s","first":1,"atLeast":1}}]}]}
        """;

    /// <summary>The headers that the server parses.</summary>
    public static readonly string[] Headers =
    [
        "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Range", "If-Range", "If-Modified-Since", "Accept", "Content-Encoding",
        "X-Forwarded-For", "Expect", "Cookie",
    ];

    public static readonly IReadOnlyList<HostileRoute> All =
    [
        new("GET", "/version") { Query = "api_compat" },
        new("GET", "/auth") { IsSigned = true, IsForGuests = true },
        Signed("GET", "/configs/{version}/{uuid}"),
        Signed("GET", "/configs/{version}/{uuid}/{service}"),
        Signed("GET", "/params/{version}/{uuid}"),
        Signed("GET", "/files/{version}/{uuid}"),
        Signed("PUT", "/params/{version}/{uuid}") with { Body = "audrey_data=|a&QQ==|b&Qg==|", Type = Form },
        Signed("PUT", "/params/{version}/{uuid}") with { Body = "audrey_data=||s&MA==|", Type = Form },
        ByConductor("POST", "/configs/{version}/{service}", "data=" + ServerFixture.Document(
            "service-1", ServerFixture.Services(ServerFixture.Service("s", ServerFixture.Value("v", "1"))), "fuzzed"), Form),
        ByConductor(
            "PUT", "/files/{version}/{service}",
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n",
            "multipart/form-data; boundary=b"),
        ByConductor("GET", "/ip/{version}/{uuid}", "", Form),
        ByConductor("DELETE", "/deployment/{version}/{deployable}", "a=b", Form),
        ByConductor("GET", "/reports/{version}/instance/{uuid}", "", Form),
        ByConductor("GET", "/reports/{version}/deployment/{deployable}", "", Form),
        ByGuest("GET", Hello, ""),
        ByGuest("GET", Configuration, "") with { Query = Wait },
        ByGuest("PUT", Heartbeat, ""),
        ByGuest("GET", Tarball, ""),
        ByGuest("PUT", Values, """{"generation":1,"revision":1,"values":{"a":"x","b":["y","z"],"c":{"base64":"QQ=="},"d":1.5}}"""),
        ByGuest("PUT", Facts, """{"generation":1,"facts":{"os":"debian","kernel":"6"}}"""),
        ByGuest("PUT", Applied, """{"generation":1,"revision":"r"}"""),
        ByGuest(
            "PUT", Service,
            """{"generation":1,"state":"ended","run":1,"exitStatus":0,"durationSeconds":1.5,"output":"o","message":"m"}"""),
        new("GET", Deployables) { Query = After },
        new("GET", Deployable),
        new("GET", Members) { Query = After },
        new("GET", Events) { Query = After },
        new("GET", Audit) { Query = "from" },
        new("GET", Audit) { Query = After },
        new("GET", GroupAdded) { Query = After },
        new("GET", Report),
        new("DELETE", Deployable),
        new("PUT", Deployable) { Body = $$"""{"name":"d","deadlineSeconds":60.5,"instances":[{{Instance}}],"groups":[]}""" },
        new("PUT", WithDigest(Launch)) { Body = """{"name":"d","instances":2,"deadlineSeconds":1}""" },
        new("POST", WithDigest(LaunchInstances))
        {
            Body = $"{{\"instance\":{Instance.ReplaceLineEndings("")}}}\n{{\"group\":{{\"assembly\":\"g\",\"instances\":[\"u\"]}}}}\n",
            Type = JsonLines,
        },
        new("PUT", Group) { Body = """{"size":3}""" },
        new("PUT", Member) { Body = """{"secret":"new"}""" },
        new("PUT", Member + "/definition") { Body = $$"""{"name":"d","instance":{{Instance}}}""" },
        new("POST", MemberSecret) { Body = """{"overlapSeconds":60.5}""" },
        new("PUT", Conductor) { Body = """{"role":"viewer","actsFor":"other"}""" },
        new("POST", ConductorSecret) { Body = """{"overlapSeconds":60.5}""" },
        new("DELETE", Conductor),
    ];

    /// <summary>Returns the escaped form with one field.</summary>
    public static string FormOf(string field, Func<string, string> garble)
    {
        var parts = field.Split('=', 2);
        return $"{parts[0]}={Uri.EscapeDataString(garble(parts[1]))}";
    }

    private static string WithDigest(string path) => path.Replace("{digest}", new string('a', 64), StringComparison.Ordinal);

    private static HostileRoute Signed(string method, string path) => new(method, path) { IsSigned = true, IsForGuests = true };

    private static HostileRoute ByConductor(string method, string path, string body, string type) =>
        new(method, path) { IsSigned = true, Body = body, Type = type };

    private static HostileRoute ByGuest(string method, string path, string body) => new(method, path) { IsForGuests = true, Body = body };
}
