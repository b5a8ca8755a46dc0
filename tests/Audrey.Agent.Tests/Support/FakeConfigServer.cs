using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Audrey.Agent.Tests.Support;

/// <summary>
/// A config server with one instance. It supports protocol version 2, and also version 3 if the test enables it. <see cref="Instead"/> can
/// replace any answer.
/// </summary>
internal sealed partial class FakeConfigServer : IAsyncDisposable
{
    public const string Id = "instance-1";
    public const string Secret = "the-secret-of-instance-1";

    private readonly FakeHttp _http;
    private readonly Lock _lock = new();
    private readonly List<FakeRequest> _requests = [];

    public FakeConfigServer(X509Certificate2? certificate = null) => _http = new FakeHttp(Answer, certificate);

    public Uri Endpoint => _http.Endpoint;

    /// <summary>The highest protocol version that the server supports.</summary>
    public int MaxVersion { get; set; } = 2;

    /// <summary>Returns a replacement for an answer, or null to keep it. The arguments are the request and its number, from 1.</summary>
    public Func<FakeRequest, int, FakeReply?> Instead { get; set; } = (_, _) => null;

    /// <summary>Returns true if the server must process the request and then drop the answer.</summary>
    public Func<FakeRequest, bool> LosesAnswer { get; set; } = _ => false;

    public List<string> Provided { get; } = [];

    /// <summary>
    /// The services with their parameters. A parameter whose value is null is missing until the guest sends a value or an exit status with
    /// the name in WaitsFor.
    /// </summary>
    public List<(string Name, List<(string Name, string? Value, string? WaitsFor)> Parameters)> Services { get; } = [];

    public Dictionary<string, byte[]> Given { get; } = [];

    /// <summary>The reported exit statuses, in the order of their arrival.</summary>
    public List<(string Service, string Status)> Reported { get; } = [];

    public byte[] Tarball { get; set; } = TestTarball.Create(("README", ""));

    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    public int Count(string method, string path) => Requests.Count(request => request.Method == method && request.Path == path);

    /// <summary>Returns the kind of a request, such as GET params or PUT values.</summary>
    public static string KindOf(FakeRequest request) => request.Path.Split('/') switch
    {
        [_, "v3", _, _, var what, ..] => $"{request.Method} {what}",
        [_, var what, ..] => $"{request.Method} {what}",
        _ => request.Method,
    };

    /// <summary>Returns whether a request reports that a service has ended.</summary>
    public static bool IsEnd(FakeRequest request) =>
        request.Field("audrey_data")?.StartsWith("||", StringComparison.Ordinal) == true
        || (KindOf(request) == "PUT services" && Encoding.UTF8.GetString(request.Body).Contains("\"ended\"", StringComparison.Ordinal));

    /// <summary>Returns whether a request sets a value with this name.</summary>
    public static bool Gives(FakeRequest request, string name) =>
        (request.Field("audrey_data") is { } field && !field.StartsWith("||", StringComparison.Ordinal)
            && field.Contains($"|{name}&", StringComparison.Ordinal))
        || (KindOf(request) == "PUT values" && Encoding.UTF8.GetString(request.Body).Contains($"\"{name}\":", StringComparison.Ordinal));

    public void Service(string name, params (string Name, string? Value, string? WaitsFor)[] parameters) =>
        Services.Add((name, [.. parameters]));

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private FakeReply Answer(FakeRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
            if (Instead(request, _requests.Count) is { } otherwise) return otherwise;
            var reply = Route(request);
            return LosesAnswer(request) ? new FakeReply([]) { Reset = true } : reply;
        }
    }

    private FakeReply Route(FakeRequest request) => (request.Method, request.Path.Split('/')) switch
    {
        ("GET", ["", "version"]) => FakeReply.Create(200,
            $"<config-server>\n  <application-version>0</application-version>\n"
            + $"  <api-version>{Negotiate(request)}</api-version>\n</config-server>"),
        (_, ["", "v3", "instances", Id, .. var what]) when MaxVersion >= 3 => Route3(request, what),
        ("GET", ["", "params", "2", Id]) =>
            FakeReply.Create(200, $"|{MissingNames()}|{string.Join('&', Services.Select(service => service.Name))}|"),
        ("PUT", ["", "params", "2", Id]) => Put(request.Field("audrey_data") ?? ""),
        ("GET", ["", "configs", "2", Id, var service]) => Configuration(Uri.UnescapeDataString(service)),
        ("GET", ["", "files", "2", Id]) => FakeReply.Create(200, Tarball),
        _ => FakeReply.Create(404, ""),
    };

    private int Negotiate(FakeRequest request) =>
        request.Query["api_compat=".Length..].Split('-').Select(int.Parse).Where(version =>
            version >= 2 && version <= MaxVersion).DefaultIfEmpty(0).Max();

    private string MissingNames() => string.Join('&', Provided.Where(name => !Given.ContainsKey(name)));

    private FakeReply Put(string data)
    {
        var statuses = data.StartsWith("||", StringComparison.Ordinal);
        foreach (var entry in data.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (entry.Split('&')[0], Convert.FromBase64String(entry.Split('&')[1]));
            if (statuses) Reported.Add((name, Encoding.ASCII.GetString(value)));
            else if (Provided.Contains(name)) Given[name] = value;
        }

        return FakeReply.Create(MissingNames().Length == 0 ? 200 : 202, $"|{MissingNames()}|");
    }

    private FakeReply Configuration(string name)
    {
        if (Services.Find(service => service.Name == name) is not { Name: not null } found) return FakeReply.Create(404, "");
        var complete = true;
        var text = $"|service|{name}|";
        if (found.Parameters.Count > 0) text += "parameters|";
        foreach (var (parameter, fixedValue, waitsFor) in found.Parameters)
        {
            var value = ValueOf(fixedValue, waitsFor);
            complete &= value is not null;
            text += $"{parameter}&{(value is null ? "" : Convert.ToBase64String(value))}|";
        }

        return FakeReply.Create(complete ? 200 : 202, text);
    }

    private byte[]? ValueOf(string? fixedValue, string? waitsFor) => fixedValue is not null ? Encoding.UTF8.GetBytes(fixedValue)
        : Given.TryGetValue(waitsFor!, out var given) ? given
        : Reported.Exists(report => report.Service == waitsFor)
            ? Encoding.ASCII.GetBytes(Reported.Last(report => report.Service == waitsFor).Status)
        : null;
}
