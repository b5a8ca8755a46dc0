using System.Globalization;
using System.Text;
using Audrey.Agent.Files;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>How the machine starts sshd.</summary>
/// <param name="Options">The options that select the configuration or change it, in their order.</param>
/// <param name="Sockets">The ports of the socket unit that starts sshd. Null if sshd opens its ports itself.</param>
/// <param name="Origin">Where this is from.</param>
internal sealed record SshdStart(IReadOnlyList<string> Options, IReadOnlyList<int>? Sockets, string Origin)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The options of sshd with a value. Those of the second text change the configuration.</summary>
    private const string WithValue = "bCEcfghkopu", Kept = "46cfhop";

    private static readonly string[] Services = ["ssh.service", "sshd.service"], SocketUnits = ["ssh.socket", "sshd.socket"];

    /// <summary>Reads the units with drop-ins and files of variables. Without a unit, reads the options of the init script.</summary>
    /// <param name="root">The root of the file system. Tests use another folder.</param>
    /// <exception cref="FactException">The unit starts something else than sshd.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SshdStart Read(string root = "/")
    {
        var units = new UnitFiles(root);
        foreach (var name in SocketUnits)
            if (units.IsEnabled(name) && units.Find(name) is { } socket)
                return new SshdStart([], ReadPorts(socket.Find("Socket", "ListenStream")), $"ListenStream of {name}");
        if (units.Find(Services) is not { } service)
        {
            var options = ReadVariables(Path.Combine(root, "etc/default/ssh"), isRequired: false).GetValueOrDefault("SSHD_OPTS", "");
            return new SshdStart(Select(CommandWords.Split(options)), null, "sshd -T");
        }

        var command = service.Find("Service", "ExecStart");
        if (command.Count == 0) throw new FactException($"{service.Name} has no ExecStart");
        var words = CommandWords.Expand(CommandWords.Split(command[^1].TrimStart('@', '-', ':', '+', '!')), ReadVariables(service, root));
        var program = words is [var first, ..] ? first : "nothing";
        if (Path.GetFileName(program) != "sshd")
            throw new FactException($"{service.Name} starts {program} and not sshd, so sshd's options are not known");
        var kept = Select([.. words.Skip(1)]);
        return new SshdStart(kept, null, string.Join(' ', ["sshd", "-T", .. kept]));
    }

    /// <summary>Returns the files and folders from which it is read how the machine starts sshd.</summary>
    public static IReadOnlyList<string> FindPaths(string root = "/")
    {
        var units = new UnitFiles(root);
        var files = units.Find(Services)?.Find("Service", "EnvironmentFile").Select(file => file.TrimStart('-')) ?? [];
        return
        [
            .. units.FindFolders([.. Services, .. SocketUnits]),
            .. files.Prepend("/etc/default/ssh").Select(file => Path.Combine(root, file.TrimStart('/'))),
        ];
    }

    /// <summary>Returns the options that matter for the configuration.</summary>
    public static IReadOnlyList<string> Select(IReadOnlyList<string> words)
    {
        var options = new List<string>();
        for (var i = 0; i < words.Count && words[i] is ['-', .. { Length: > 0 } letters] && letters != "-"; i++)
        {
            for (var j = 0; j < letters.Length; j++)
            {
                var letter = letters[j];
                var hasValue = WithValue.Contains(letter, StringComparison.Ordinal);
                var isKept = Kept.Contains(letter, StringComparison.Ordinal);
                if (isKept) options.Add($"-{letter}");
                if (!hasValue) continue;
                var value = j + 1 < letters.Length ? letters[(j + 1)..] : ++i < words.Count ? words[i] : null;
                if (isKept && value is not null) options.Add(value);
                break;
            }
        }

        return options;
    }

    /// <summary>Returns the TCP ports of a socket unit. Paths, names and other families have none.</summary>
    public static IReadOnlyList<int> ReadPorts(IEnumerable<string> streams) =>
    [
        .. from stream in streams
           where !stream.StartsWith('/') && !stream.StartsWith('@') && !stream.StartsWith("vsock:", StringComparison.Ordinal)
           let text = stream[(stream.LastIndexOf(':') + 1)..]
           where int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
           select int.Parse(text, CultureInfo.InvariantCulture),
    ];

    private static Dictionary<string, string> ReadVariables(Unit service, string root)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in service.Find("Service", "Environment").SelectMany(CommandWords.Split)) Assign(variables, assignment);
        foreach (var file in service.Find("Service", "EnvironmentFile"))
            foreach (var (name, value) in ReadVariables(Path.Combine(root, file.TrimStart('-').TrimStart('/')), isRequired: file[0] != '-'))
                variables[name] = value;
        return variables;
    }

    private static Dictionary<string, string> ReadVariables(string path, bool isRequired)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!isRequired && !Path.Exists(path)) return variables;
        foreach (var line in Encoding.UTF8.GetString(ForeignFile.Read(path, MaxBytes)).Split('\n').Select(line => line.Trim()))
            if (line.Length > 0 && line[0] is not ('#' or ';'))
                Assign(variables, line);
        return variables;
    }

    private static void Assign(Dictionary<string, string> variables, string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals <= 0) return;

        // A value in quotes is one word. A value without quotes ends with its line.
        var value = assignment[(equals + 1)..];
        variables[assignment[..equals].Trim()] = value is ['"' or '\'', ..] ? CommandWords.Split(value).FirstOrDefault("") : value;
    }
}
