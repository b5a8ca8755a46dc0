namespace Audrey.Connections.Certificates;

/// <summary>A file of certificates cannot be used.</summary>
public sealed class UnusableCertificateException(string setting, string problem) : Exception($"{setting} {problem}.")
{
    /// <summary>Gets the setting that names the file: the last part of its name, without the section.</summary>
    public string Setting => setting;

    /// <summary>Gets the problem. It is the end of a sentence that begins with the setting's name, and has no full stop.</summary>
    public string Problem => problem;
}
