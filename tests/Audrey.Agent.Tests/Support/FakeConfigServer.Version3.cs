using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Audrey.Agent.Tests.Support;

/// <summary>Version 3 of the protocol. The server never holds a poll. If there is no change, it answers 304 immediately.</summary>
internal sealed partial class FakeConfigServer
{
    private readonly Dictionary<string, (long Run, JsonObject Report)> _runs = [];

    private string? _lastValues;
    private string? _uploaded;

    /// <summary>The generation of the instance. It increases with each registration.</summary>
    public long Generation { get; private set; } = 1;

    public long ValuesRevision { get; set; }

    public int MaxWaitSeconds { get; set; } = 60;

    /// <summary>The URL of the message bus that the server names. Null for none.</summary>
    public string? Bus { get; set; }

    /// <summary>The accepted service reports, in the order of their arrival.</summary>
    public List<(string Service, JsonObject Report)> Reports { get; } = [];

    public List<string> Applied { get; } = [];

    public JsonObject? Facts { get; private set; }

    /// <summary>The names of secret parameters.</summary>
    public HashSet<string> Secrets { get; } = [];

    /// <summary>The facts that are the values of provided parameters, by parameter.</summary>
    public Dictionary<string, string> NamedFacts { get; } = [];

    /// <summary>For each service, the failed services that its configuration lists.</summary>
    public Dictionary<string, JsonArray> Failed { get; } = [];

    /// <summary>The lists that parameters have in version 3, by the name of the parameter.</summary>
    public Dictionary<string, string[]> Lists { get; } = [];

    /// <summary>The lowest numbers of the runs that the conductor demands, by service.</summary>
    public Dictionary<string, long> Retries { get; } = [];

    /// <summary>Whether a configuration says that the guest stays.</summary>
    public bool Stay { get; set; }

    /// <summary>The time at which the instance is removed. Null if it does not leave.</summary>
    public DateTimeOffset? LeaveBy { get; set; }

    /// <summary>The detail of every missing value in a configuration.</summary>
    public string Detail { get; set; } = "waits for somebody";

    public string Revision => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Configuration3("").ToJsonString())))[..32];

    /// <summary>Registers the instance again and removes all values and reports.</summary>
    public void RegisterAgain()
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

    /// <summary>Replaces the tarball of the registered instance. The configuration has its digest from then on.</summary>
    public void Upload(byte[] tarball)
    {
        lock (_lock) (Tarball, _uploaded) = (tarball, Convert.ToHexStringLower(SHA256.HashData(tarball)));
    }

    /// <summary>Adds the report of a later run, as if another machine with the same user data had sent it.</summary>
    public void AddRun(string service, long run) => _runs[service] = (run, new JsonObject { ["state"] = "ended", ["exitStatus"] = 0 });

    private static FakeReply Json(int status, JsonNode body, string headers = "") =>
        FakeReply.Create(status, body.ToJsonString(), "Content-Type: application/json\r\n" + headers);

    private static FakeReply Problem(int status, string type, params (string Name, JsonNode Value)[] more)
    {
        var body = new JsonObject { ["type"] = "urn:audrey:problem:" + type, ["title"] = "A problem", ["status"] = status };
        foreach (var (name, value) in more) body[name] = value;
        return Json(status, body);
    }

    private FakeReply Route3(FakeRequest request, string[] path)
    {
        var credential = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Id}:{Secret}"));
        if (request.Headers.GetValueOrDefault("Authorization") != credential) return Problem(401, "not-authorized");
        if ((request.Method, path) is ("PUT", ["heartbeat"])) return Acknowledgement();
        var body = request.Method == "PUT" ? JsonNode.Parse(request.Body)!.AsObject() : [];
        if (request.Method == "PUT"
            && (long)body["generation"]! != Generation) return Problem(409, "other-generation", ("generation", Generation));
        switch (request.Method, path)
        {
            case ("GET", ["hello"]): return Json(200, Hello());
            case ("GET", ["configuration"]): return Configuration3(request);
            case ("GET", ["tarball"]): return FakeReply.Create(200, Tarball);
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
        ["bus"] = Bus,
        ["busBroker"] = Bus is null ? null : "audrey",
        ["provide"] = new JsonArray([.. Provided.Select(name =>
            new JsonObject
            {
                ["name"] = name,
                ["given"] = Given.ContainsKey(name),
                ["secret"] = Secrets.Contains(name),
                ["fact"] = NamedFacts.GetValueOrDefault(name),
            })]),
        ["services"] = new JsonArray([.. Services.Select(service => new JsonObject
        {
            ["name"] = service.Name,
            ["engine"] = "executable",
            ["state"] = _runs.TryGetValue(service.Name, out var run) ? (string?)run.Report["state"] == "ended" ? "succeeded" : "started"
                : "waiting",
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
        if (revision == ValuesRevision
            && values.ToJsonString() != _lastValues) return Problem(409, "revision-used", ("revision", ValuesRevision));
        var unknown = values.Select(value => value.Key).Where(name => !Provided.Contains(name)).ToArray();
        if (unknown.Length > 0)
            return Problem(400, "bad-request", ("errors",
                new JsonArray([.. unknown.Select(name => new JsonObject { ["pointer"] = $"/values/{name}", ["detail"] = "no" })])));
        (ValuesRevision, _lastValues) = (revision, values.ToJsonString());
        foreach (var (name, value) in values) Given[name] = value is JsonObject bytes ? Convert.FromBase64String((string)bytes["base64"]!)
            : Encoding.UTF8.GetBytes((string)value!);
        return Json(200, new JsonObject
        {
            ["generation"] = Generation,
            ["revision"] = revision,
            ["applied"] = true,
            ["missing"] = new JsonArray([.. Provided.Where(name => !Given.ContainsKey(name)).Select(name => JsonValue.Create(name))]),
        });
    }

    private FakeReply Run(string service, JsonObject report)
    {
        var (run, ended) = ((long)report["run"]!, (string?)report["state"] == "ended");
        if (_runs.TryGetValue(service, out var last))
        {
            if (run < last.Run) return Problem(409, "old-revision", ("revision", last.Run));
            if (run == last.Run && (string?)last.Report["state"] == "ended")
                return !ended || JsonNode.DeepEquals(last.Report["exitStatus"], report["exitStatus"]) ? Acknowledgement()
                    : Problem(409, "revision-used", ("revision", last.Run));
        }

        _runs[service] = (run, report);
        Reports.Add((service, report));
        if (ended) Reported.Add((service, ((int)report["exitStatus"]!).ToString(System.Globalization.CultureInfo.InvariantCulture)));
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
            var (known, missing) = (new JsonArray(), new JsonArray());
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
                if (Lists.TryGetValue(parameter, out var items)) entry["value"] = new JsonArray([.. items.Select(item => (JsonNode)item)]);
                else if (value.All(character => character < 0x80)) entry["value"] = Encoding.UTF8.GetString(value);
                else entry["base64"] = Convert.ToBase64String(value);
                if (Secrets.Contains(parameter)) entry["secret"] = true;
                known.Add(entry);
            }

            all &= missing.Count == 0;
            var service = new JsonObject { ["name"] = name, ["complete"] = missing.Count == 0, ["parameters"] = known };
            if (missing.Count > 0) service["missing"] = missing;
            if (Failed.TryGetValue(name, out var failed)) service["failed"] = failed.DeepClone();
            if (Retries.TryGetValue(name, out var run)) service["retry"] = run;
            services.Add(service);
        }

        var body = new JsonObject { ["revision"] = revision, ["generation"] = Generation, ["complete"] = all, ["services"] = services };
        if (_uploaded is not null) body["tarballSha256"] = _uploaded;
        if (LeaveBy is { } leaveBy) body["leaveBy"] = leaveBy;
        if (Stay) body["stay"] = true;
        return body;
    }
}
