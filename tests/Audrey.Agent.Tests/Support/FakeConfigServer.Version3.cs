using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Audrey.Agent.Tests.Support;

/// <summary>Version 3. It never waits: what has nothing new is answered 304 at once.</summary>
internal sealed partial class FakeConfigServer
{
    private readonly Dictionary<string, (long Run, JsonObject News)> _runs = [];

    private string? _lastValues;

    /// <summary>Which registration of the instance there is.</summary>
    public long Generation { get; private set; } = 1;

    public long ValuesRevision { get; set; }

    public int MaxWaitSeconds { get; set; } = 60;

    /// <summary>What was taken of services, in the order of its arrival.</summary>
    public List<(string Service, JsonObject News)> Told { get; } = [];

    public List<string> Applied { get; } = [];

    public JsonObject? Facts { get; private set; }

    /// <summary>Parameters that are secret.</summary>
    public HashSet<string> Secrets { get; } = [];

    /// <summary>Services that others waited for and that have failed: for each service what its configuration names.</summary>
    public Dictionary<string, JsonArray> Failed { get; } = [];

    /// <summary>What a configuration says of every value that is missing.</summary>
    public string Detail { get; set; } = "waits for somebody";

    public string Revision => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Configuration3("").ToJsonString())))[..32];

    /// <summary>Registers the instance anew: what was given and told is forgotten.</summary>
    public void RegisterAnew()
    {
        lock (_lock)
        {
            Generation++;
            ValuesRevision = 0;
            Given.Clear();
            Reported.Clear();
            _runs.Clear();
        }
    }

    /// <summary>Another machine with the same user data has told of a later run.</summary>
    public void KnowsRun(string service, long run) => _runs[service] = (run, new JsonObject { ["state"] = "ended", ["exitStatus"] = 0 });

    private static FakeReply Json(int status, JsonNode body, string headers = "") => FakeReply.Of(status, body.ToJsonString(), "Content-Type: application/json\r\n" + headers);

    private static FakeReply Problem(int status, string type, params (string Name, JsonNode Value)[] more)
    {
        var body = new JsonObject { ["type"] = "urn:audrey:problem:" + type, ["title"] = "A problem", ["status"] = status };
        foreach (var (name, value) in more) body[name] = value;
        return Json(status, body);
    }

    private FakeReply Route3(FakeRequest request, string[] what)
    {
        var credential = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Id}:{Secret}"));
        if (request.Headers.GetValueOrDefault("Authorization") != credential) return Problem(401, "not-authorized");
        if ((request.Method, what) is ("PUT", ["heartbeat"])) return Acknowledgement();
        var body = request.Method == "PUT" ? JsonNode.Parse(request.Body)!.AsObject() : [];
        if (request.Method == "PUT" && (long)body["generation"]! != Generation) return Problem(409, "other-generation", ("generation", Generation));
        switch (request.Method, what)
        {
            case ("GET", ["hello"]): return Json(200, Hello());
            case ("GET", ["configuration"]): return Configuration3(request);
            case ("GET", ["tarball"]): return FakeReply.Of(200, Tarball);
            case ("PUT", ["values"]): return Values(body);
            case ("PUT", ["services", var service]): return Run(Uri.UnescapeDataString(service), body);
            case ("PUT", ["applied"]):
                Applied.Add((string)body["revision"]!);
                return Acknowledgement();
            case ("PUT", ["facts"]):
                Facts = body["facts"]!.AsObject();
                return Acknowledgement();
            default: return Problem(404, "not-found");
        }
    }

    private FakeReply Acknowledgement() => Json(200, new JsonObject { ["generation"] = Generation, ["applied"] = true });

    private JsonObject Hello() => new()
    {
        ["generation"] = Generation,
        ["assembly"] = "a",
        ["deployable"] = "d",
        ["provide"] = new JsonArray([.. Provided.Select(name => new JsonObject { ["name"] = name, ["given"] = Given.ContainsKey(name), ["secret"] = Secrets.Contains(name) })]),
        ["services"] = new JsonArray([.. Services.Select(service => new JsonObject
        {
            ["name"] = service.Name,
            ["engine"] = "executable",
            ["state"] = _runs.TryGetValue(service.Name, out var run) ? (string?)run.News["state"] == "ended" ? "succeeded" : "started" : "waiting",
            ["run"] = _runs.GetValueOrDefault(service.Name).Run,
        })]),
        ["tarball"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Tarball)), ["bytes"] = Tarball.Length },
        ["revision"] = Revision,
        ["complete"] = false,
        ["valuesRevision"] = ValuesRevision,
        ["nextCallSeconds"] = 0,
        ["maxWaitSeconds"] = MaxWaitSeconds,
    };

    private FakeReply Values(JsonObject body)
    {
        var (revision, values) = ((long)body["revision"]!, body["values"]!.AsObject());
        if (revision < ValuesRevision) return Problem(409, "old-revision", ("revision", ValuesRevision));
        if (revision == ValuesRevision && values.ToJsonString() != _lastValues) return Problem(409, "revision-used", ("revision", ValuesRevision));
        var unknown = values.Select(value => value.Key).Where(name => !Provided.Contains(name)).ToArray();
        if (unknown.Length > 0)
            return Problem(400, "bad-request", ("errors", new JsonArray([.. unknown.Select(name => new JsonObject { ["pointer"] = $"/values/{name}", ["detail"] = "no" })])));
        (ValuesRevision, _lastValues) = (revision, values.ToJsonString());
        foreach (var (name, value) in values) Given[name] = value is JsonObject bytes ? Convert.FromBase64String((string)bytes["base64"]!) : Encoding.UTF8.GetBytes((string)value!);
        return Json(200, new JsonObject
        {
            ["generation"] = Generation,
            ["revision"] = revision,
            ["applied"] = true,
            ["missing"] = new JsonArray([.. Provided.Where(name => !Given.ContainsKey(name)).Select(name => JsonValue.Create(name))]),
        });
    }

    private FakeReply Run(string service, JsonObject news)
    {
        var (run, ended) = ((long)news["run"]!, (string?)news["state"] == "ended");
        if (_runs.TryGetValue(service, out var known))
        {
            if (run < known.Run) return Problem(409, "old-revision", ("revision", known.Run));
            if (run == known.Run && (string?)known.News["state"] == "ended")
                return !ended || JsonNode.DeepEquals(known.News["exitStatus"], news["exitStatus"]) ? Acknowledgement() : Problem(409, "revision-used", ("revision", known.Run));
        }

        _runs[service] = (run, news);
        Told.Add((service, news));
        if (ended) Reported.Add((service, ((int)news["exitStatus"]!).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return Acknowledgement();
    }

    private FakeReply Configuration3(FakeRequest request)
    {
        var revision = Revision;
        return request.Headers.GetValueOrDefault("If-None-Match") == $"\"{revision}\""
            ? new FakeReply(Encoding.ASCII.GetBytes($"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: W/\"{revision}\"\r\n\r\n"))
            : Json(200, Configuration3(revision), $"ETag: W/\"{revision}\"\r\n");
    }

    private JsonObject Configuration3(string revision)
    {
        var services = new JsonArray();
        var all = true;
        foreach (var (name, parameters) in Services)
        {
            var (there, missing) = (new JsonArray(), new JsonArray());
            foreach (var (parameter, fixedValue, waitsFor) in parameters)
            {
                if (ValueOf(fixedValue, waitsFor) is not { } value)
                {
                    missing.Add(new JsonObject
                    {
                        ["name"] = parameter,
                        ["reason"] = "not-given-yet",
                        ["detail"] = revision.Length == 0 ? "" : Detail,
                        ["since"] = "2026-01-01T00:00:00+00:00",
                        ["kind"] = "parameter",
                        ["of"] = waitsFor,
                        ["provider"] = new JsonObject { ["instance"] = "7f0c" },
                    });
                    continue;
                }

                var entry = new JsonObject { ["name"] = parameter, ["type"] = "text" };
                if (value.All(character => character < 0x80)) entry["value"] = Encoding.UTF8.GetString(value);
                else entry["base64"] = Convert.ToBase64String(value);
                if (Secrets.Contains(parameter)) entry["secret"] = true;
                there.Add(entry);
            }

            all &= missing.Count == 0;
            var service = new JsonObject { ["name"] = name, ["complete"] = missing.Count == 0, ["parameters"] = there };
            if (missing.Count > 0) service["missing"] = missing;
            if (Failed.TryGetValue(name, out var failed)) service["failed"] = failed.DeepClone();
            services.Add(service);
        }

        return new JsonObject { ["revision"] = revision, ["generation"] = Generation, ["complete"] = all, ["services"] = services };
    }
}
