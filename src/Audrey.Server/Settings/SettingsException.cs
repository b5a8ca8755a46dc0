namespace Audrey.Server.Settings;

/// <summary>Settings are wrong. The server does not start with them.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Gets the problems, a sentence each.</summary>
    public IReadOnlyList<string> Problems => problems;
}
