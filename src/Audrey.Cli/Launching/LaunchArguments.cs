using Audrey.Cli.Plans;
using Audrey.Core.Deployables;
using Audrey.Core.Planning;

namespace Audrey.Cli.Launching;

/// <summary>What is to be launched, and where what comes of it is written.</summary>
/// <param name="Document">What is launched.</param>
/// <param name="Options">With what.</param>
/// <param name="Directory">Where the plan and the user data go.</param>
/// <param name="Form">Form of the user data.</param>
/// <param name="IsNew">Whether a launch that the directory knows is forgotten.</param>
internal sealed record LaunchArguments(DeployableDocument Document, LaunchOptions Options, string Directory, UserDataForm Form, bool IsNew)
{
    /// <summary>The directory of a deployable for which none was named.</summary>
    public static string DirectoryFor(string name)
    {
        var safe = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return (safe.Length == 0 ? "deployable" : safe.Length > 60 ? safe[..60] : safe) + "-launch";
    }
}
