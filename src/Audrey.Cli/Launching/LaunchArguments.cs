using Audrey.Cli.Plans;
using Audrey.Core.Deployables;
using Audrey.Core.Planning;

namespace Audrey.Cli.Launching;

/// <summary>The deployable to launch, and the directory for the results.</summary>
/// <param name="Document">The document.</param>
/// <param name="Options">The options of the plan.</param>
/// <param name="Directory">The directory for the plan and the user data.</param>
/// <param name="Form">The form of the user data.</param>
/// <param name="IsNew">Whether to forget the launch that the directory contains.</param>
/// <param name="DefaultCa">The certificate authorities of the machines, in PEM, unless the options or the stored plan have others.</param>
/// <param name="TakesStoredCa">Whether the certificate authorities may come from the stored plan.</param>
internal sealed record LaunchArguments(
    DeployableDocument Document,
    LaunchOptions Options,
    string Directory,
    UserDataForm Form,
    bool IsNew,
    string? DefaultCa,
    bool TakesStoredCa)
{
    /// <summary>Returns the default directory of a deployable.</summary>
    public static string DirectoryFor(string name)
    {
        var safe = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return (safe.Length == 0 ? "deployable" : safe.Length > 60 ? safe[..60] : safe) + "-launch";
    }
}
