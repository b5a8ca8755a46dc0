using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The facts of Facter, if Facter is installed. A call takes a second or more and may send requests to the cloud. So a name that Facter
/// does not know is not requested again for some time.
/// </summary>
internal sealed partial class FacterFacts(
    IReadOnlyList<string> programs, StateDirectory state, ChildProcesses processes, TimeProvider time, IAgentLog log) : IFactSource
{
    /// <summary>The possible paths of Facter.</summary>
    public static readonly string[] DefaultPrograms = ["/opt/puppetlabs/bin/facter", "/usr/bin/facter"];

    /// <summary>The folders of external facts.</summary>
    public static readonly string[] Folders =
    [
        "/etc/facter/facts.d", "/etc/puppetlabs/facter/facts.d", "/opt/puppetlabs/facter/facts.d",
    ];

    /// <summary>The facts that change all the time, also those of earlier versions of Facter.</summary>
    public static readonly IReadOnlySet<string> VolatileNames = new HashSet<string>(StringComparer.Ordinal)
    {
        "load_averages", "memory", "memoryfree", "memoryfree_mb", "mountpoints", "swapfree", "swapfree_mb", "system_uptime", "uptime",
        "uptime_days", "uptime_hours", "uptime_seconds",
    };

    private const int MaxWords = 300;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);
    private readonly OnceLog _log = new(log);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(
        IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.Where(name => FactName().IsMatch(name) && MayAsk(name)).ToArray();
        if (wanted.Length == 0 || programs.FirstOrDefault(File.Exists) is not { } program) return new Dictionary<string, byte[]>();
        foreach (var name in wanted) _asked[name] = time.GetTimestamp();
        if (await AskAsync(program, wanted, cancellationToken) is { } found) return found;
        // One fact that fails must not hide the others, so each is asked for alone.
        var single = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in wanted.Length > 1 ? wanted : [])
            foreach (var (known, value) in await AskAsync(program, [name], cancellationToken) ?? [])
                single[known] = value;
        return single;
    }

    /// <summary>Returns all facts that Facter knows. Empty if Facter fails. The log then has the reason.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> FindAllAsync(CancellationToken cancellationToken) =>
        await AskAsync(programs.First(File.Exists), [], cancellationToken) ?? [];

    private bool MayAsk(string name) => !_asked.TryGetValue(name, out var when) || time.GetElapsedTime(when) > RetryInterval;

    /// <summary>
    /// Returns the facts that Facter knows of these names, or all facts if there are no names. Null if Facter failed. The log then has the
    /// reason.
    /// </summary>
    private async Task<Dictionary<string, byte[]>?> AskAsync(string program, string[] names, CancellationToken cancellationToken)
    {
        var folder = state.NewTemporary();
        try
        {
            var (output, errors) = (Path.Combine(folder, "output"), Path.Combine(folder, "errors"));
            var environment = new ChildEnvironment();
            environment.Set("LC_ALL", "C.UTF-8");
            var end = await processes.RunAsync(
                new ChildCommand
                {
                    Program = program,
                    Arguments = ["--json", .. names],
                    Environment = environment,
                    Output = output,
                    Errors = errors,
                    MaxTime = MaxTime,
                },
                cancellationToken);
            if (end.Problem is null && Read(output, names) is { } found)
            {
                if (names.Any(name => !found.ContainsKey(name)) && ReadWords(errors) is { Length: > 0 } warning)
                    _log.Write($"Facter, asked for {string.Join(", ", names.Where(name => !found.ContainsKey(name)))}: {warning}");
                return found;
            }

            var question = names.Length > 0 ? string.Join(", ", names) : "all facts";
            var reason = end.Problem ?? (end.Status == 0 ? "its output is not the JSON of facts" : $"it ended with {end.Status}");
            var words = ReadWords(errors);
            _log.Write($"Facter, asked for {question}: {reason}{(words.Length > 0 ? $": {words}" : "")}");
            return null;
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }

    /// <summary>
    /// Reads Facter's output. A scalar fact becomes a string, and a structured fact becomes JSON. Facter prints null or an empty string for
    /// a name that it does not know. Null if the output is not a JSON object.
    /// </summary>
    private static Dictionary<string, byte[]>? Read(string path, IReadOnlyCollection<string> names)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > NameValueLines.MaxBytes) return null;
        var bytes = File.ReadAllBytes(path);
        // A custom fact can print lines before the facts.
        var start = bytes.AsSpan().StartsWith("{"u8) ? 0 : bytes.AsSpan().IndexOf("\n{"u8);
        if (start < 0) return null;
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(start));
            var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (var fact in document.RootElement.EnumerateObject())
                if ((names.Count == 0 || names.Contains(fact.Name)) && ReadValue(fact.Value) is { Length: > 0 } text)
                    found[fact.Name] = Encoding.UTF8.GetBytes(text);
            return found;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // An InvalidOperationException means that a string contains half of a surrogate pair, or bytes that are not UTF-8.
            return null;
        }
    }

    private static string? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    /// <summary>Returns the first line that Facter wrote to standard error, in a form that is safe to print.</summary>
    private static string ReadWords(string path)
    {
        if (!File.Exists(path)) return "";
        using var file = new StreamReader(path);
        var buffer = new char[4096];
        var text = new string(buffer, 0, file.ReadBlock(buffer));
        var lines = Color().Replace(text, static _ => "").Split('\n').Select(line => line.Trim());
        var line = lines.FirstOrDefault(line => line.Length > 0) ?? "";
        return string.Concat(line.Where(character => !char.IsControl(character)).Take(MaxWords));
    }

    /// <summary>A name must not begin with a dash, because Facter would read it as an option.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_:.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FactName();

    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Color();
}
