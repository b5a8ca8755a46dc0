using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The facts of Facter, if it is installed. A call takes a second or more and may send requests to the cloud. So a name that Facter does
/// not know is not requested again for some time.
/// </summary>
internal sealed partial class FacterFacts(
    IReadOnlyList<string> programs, StateDirectory state, ChildProcesses processes, TimeProvider time) : IFactSource
{
    /// <summary>The possible paths of Facter.</summary>
    public static readonly string[] DefaultPrograms = ["/opt/puppetlabs/bin/facter", "/usr/bin/facter"];

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(
        IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.Where(name => FactName().IsMatch(name) && MayAsk(name)).ToArray();
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
                    MaxTime = MaxTime,
                },
                cancellationToken);
            return end.Problem is null && new FileInfo(output).Length <= NameValueLines.MaxBytes
                ? Read(await File.ReadAllBytesAsync(output, cancellationToken), wanted)
                : new Dictionary<string, byte[]>();
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }

    private bool MayAsk(string name) => !_asked.TryGetValue(name, out var when) || time.GetElapsedTime(when) > RetryInterval;

    /// <summary>
    /// Reads Facter's output. A scalar fact becomes a string, and a structured fact becomes JSON. Facter prints null or an empty string for
    /// a name that it does not know.
    /// </summary>
    private static Dictionary<string, byte[]> Read(ReadOnlyMemory<byte> json, IReadOnlyCollection<string> names)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return found;
            foreach (var fact in document.RootElement.EnumerateObject())
            {
                if (!names.Contains(fact.Name) || fact.Value.ValueKind == JsonValueKind.Null) continue;
                var text = fact.Value.ValueKind == JsonValueKind.String ? fact.Value.GetString()! : fact.Value.GetRawText();
                if (text.Length > 0) found[fact.Name] = Encoding.UTF8.GetBytes(text);
            }
        }
        catch (JsonException)
        {
            // This is not Facter's output, so there are no facts.
        }

        return found;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FactName();
}
