using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// The environment of a program. It has little from the agent's own, so that it does not depend on what started the agent.
/// </summary>
internal sealed class ChildEnvironment
{
    private static readonly string[] Inherited = ["LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    private readonly Dictionary<string, byte[]> _variables = new(StringComparer.Ordinal)
    {
        ["PATH"] = Encoding.UTF8.GetBytes(
            Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path
                ? path
                : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ["HOME"] = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/"),
    };

    public ChildEnvironment()
    {
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { } value) Set(name, value);
    }

    public void Set(string name, string value) => Set(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Sets a variable. The value must not contain a NUL byte.</summary>
    /// <exception cref="ArgumentException">The name or the value cannot be in an environment.</exception>
    public void Set(string name, byte[] value)
    {
        if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot be the name of an environment variable.", nameof(name));
        if (value.AsSpan().Contains((byte)0))
            throw new ArgumentException($"{name} holds a NUL byte, which an environment cannot hold.", nameof(value));
        _variables[name] = value;
    }

    public bool Has(string name) => _variables.ContainsKey(name);

    /// <summary>Returns NAME=VALUE for each variable.</summary>
    public IReadOnlyList<byte[]> Render() =>
        [.. _variables.Select(variable => (byte[])[.. Encoding.UTF8.GetBytes(variable.Key), (byte)'=', .. variable.Value])];
}
