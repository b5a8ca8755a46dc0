namespace Audrey.Server.Settings;

/// <summary>Settings are wrong. The server does not start with any of them.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Each problem, a sentence.</summary>
    public IReadOnlyList<string> Problems => problems;
}
