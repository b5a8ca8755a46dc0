namespace Audrey.Server.Settings;

/// <summary>The keys that rows with secrets are encrypted with. Bound from <c>Audrey:Secrets</c>.</summary>
public sealed class SecretsSettings
{
    /// <summary>
    /// Where the keys are; created if missing, readable by its owner only. Servers of one cluster share it. Default: <c>keys</c> in the data
    /// directory.
    /// </summary>
    public string KeysDirectory { get; set; } = "";

    /// <summary>
    /// How long rows are encrypted with a key before a new one is made. Old keys stay and are still read. Default 90 days, range 7 days to
    /// 10 years.
    /// </summary>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// PEM files, each with a certificate of an RSA key and that key; readable by the server only. With one, the keys themselves are encrypted: new ones with
    /// the first, and every one of them is tried to decrypt. Default: none, and the directory's mode protects the keys.
    /// </summary>
    public IList<string> Certificates { get; } = [];
}
