using System.Collections;
using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// The environment of a program. The environment is the same whether systemd, a shell or sudo started the agent. Two groups of variables
/// are passed on: the machine's network variables (proxies, trusted certificates), and the variables that the prefix AUDREY_ENV_ sets for
/// services.
/// </summary>
internal sealed class ChildEnvironment
{
    /// <summary>
    /// The agent's variables with this prefix are passed, under their names without the prefix, to every program that the agent starts.
    /// </summary>
    private const string SettingPrefix = "AUDREY_ENV_";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly string[] Network =
    [
        "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy",
        "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    ];

    private readonly Dictionary<string, byte[]> _variables = new(StringComparer.Ordinal);

    /// <param name="machineFile">The file with the variables of the machine. Tests use another file.</param>
    public ChildEnvironment(string machineFile = "/etc/environment")
    {
        var (user, home) = UserAccount.Read();
        Set("PATH", DefaultPath);
        Set("LANG", "C.UTF-8");
        Set("HOME", home);
        Set("USER", user);
        Set("LOGNAME", user);
        var machine = ReadMachineFile(machineFile);
        foreach (var name in Network)
            if ((Environment.GetEnvironmentVariable(name) ?? machine.GetValueOrDefault(name)) is { Length: > 0 } value) Set(name, value);
        foreach (DictionaryEntry setting in Environment.GetEnvironmentVariables())
            if (setting is { Key: string { Length: > 11 } name, Value: string value }
                && name.StartsWith(SettingPrefix, StringComparison.Ordinal))
                Set(name[SettingPrefix.Length..], value);
    }

    public void Set(string name, string value) => Set(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Sets a variable. The value must not contain a NUL byte.</summary>
    /// <exception cref="ArgumentException">The name or the value is not valid in an environment.</exception>
    public void Set(string name, byte[] value)
    {
        if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot be the name of an environment variable.", nameof(name));
        if (value.AsSpan().Contains((byte)0))
            throw new ArgumentException($"{name} holds a NUL byte, which an environment cannot hold.", nameof(value));
        _variables[name] = value;
    }

    /// <summary>Returns the assignment NAME=VALUE of a variable with text. Null if the variable is not set.</summary>
    public string? FindAssignment(string name) =>
        _variables.TryGetValue(name, out var value) ? $"{name}={Encoding.UTF8.GetString(value)}" : null;

    /// <summary>The variable PATH.</summary>
    public string SearchPath => Encoding.UTF8.GetString(_variables["PATH"]);

    public bool Has(string name) => _variables.ContainsKey(name);

    /// <summary>Returns NAME=VALUE for each variable.</summary>
    public IReadOnlyList<byte[]> Render() =>
        [.. _variables.Select(variable => (byte[])[.. Encoding.UTF8.GetBytes(variable.Key), (byte)'=', .. variable.Value])];

    /// <summary>Reads lines of NAME=VALUE, with or without quotes and the word export, as pam_env does.</summary>
    private static Dictionary<string, string> ReadMachineFile(string path)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var line in File.ReadLines(path).Select(line => line.Trim()))
            {
                var assignment = line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..].TrimStart() : line;
                if (assignment.StartsWith('#') || assignment.Split('=', 2) is not [var name, var value]) continue;
                variables[name] = value.Trim('"', '\'');
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The file does not exist. Most machines do not need this file.
        }

        return variables;
    }
}
