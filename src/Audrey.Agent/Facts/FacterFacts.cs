using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Facts;

/// <summary>
/// What facter knows, where it is installed. It takes a second or more and may ask the cloud, so a name that it did not know is not
/// asked for again for a while.
/// </summary>
internal sealed partial class FacterFacts(IReadOnlyList<string> programs, StateDirectory state, ChildProcesses processes, TimeProvider time) : IFactSource
{
    /// <summary>Where facter may be.</summary>
    public static readonly string[] DefaultPrograms = ["/opt/puppetlabs/bin/facter", "/usr/bin/facter"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.Where(name => FactName().IsMatch(name) && (!_asked.TryGetValue(name, out var when) || time.GetElapsedTime(when) > Patience)).ToArray();
        if (wanted.Length == 0 || programs.FirstOrDefault(File.Exists) is not { } program) return new Dictionary<string, byte[]>();
        foreach (var name in wanted) _asked[name] = time.GetTimestamp();
        var folder = state.NewTemporary();
        try
        {
            var output = Path.Combine(folder, "output");
            var environment = new ChildEnvironment();
            environment.Set("LC_ALL", "C.UTF-8");
            var end = await processes.RunAsync(
                new ChildCommand
                {
                    Program = program,
                    Arguments = ["--json", .. wanted],
                    Environment = environment,
                    Output = output,
                    Errors = Path.Combine(folder, "errors"),
                    Limit = Limit,
                },
                cancellationToken);
            return end.Problem is null && new FileInfo(output).Length <= FactLines.MaxBytes
                ? Read(await File.ReadAllBytesAsync(output, cancellationToken), wanted)
                : new Dictionary<string, byte[]>();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A fact that is a scalar is given as its text, one that has parts as JSON. Null and nothing are what facter says of a name it does not know.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(ReadOnlyMemory<byte> json, IReadOnlyCollection<string> names)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return found;
            foreach (var fact in document.RootElement.EnumerateObject())
            {
                var text = fact.Value.ValueKind == JsonValueKind.String ? fact.Value.GetString()! : fact.Value.GetRawText();
                if (names.Contains(fact.Name) && fact.Value.ValueKind != JsonValueKind.Null && text.Length > 0) found[fact.Name] = Encoding.UTF8.GetBytes(text);
            }
        }
        catch (JsonException)
        {
            // Not what facter prints: it knows nothing.
        }

        return found;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FactName();
}
