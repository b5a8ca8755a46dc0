using System.Text.RegularExpressions;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>Checks the names that are passed to Puppet.</summary>
internal static partial class PuppetNames
{
    /// <summary>
    /// The parameters that Puppet adds to every class. These parameters are rejected. For example, <c>noop</c> would prevent a run from
    /// changing anything.
    /// </summary>
    private static readonly string[] MetaParameters =
        ["alias", "audit", "before", "loglevel", "noop", "notify", "require", "schedule", "stage", "subscribe", "tag"];

    public static bool IsClass(string name) => name.Length <= 255 && ClassName().IsMatch(name);

    public static bool IsParameter(string name) => name.Length <= 255 && ParameterName().IsMatch(name) && !MetaParameters.Contains(name);

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(::[a-z][a-z0-9_]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\A[a-z_][a-zA-Z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
