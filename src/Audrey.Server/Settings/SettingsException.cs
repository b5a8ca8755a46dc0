namespace Audrey.Server.Settings;

/// <summary>Thrown when settings are wrong. The server does not start with wrong settings.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Gets the problems. Each problem is one sentence.</summary>
    public IReadOnlyList<string> Problems => problems;
}
