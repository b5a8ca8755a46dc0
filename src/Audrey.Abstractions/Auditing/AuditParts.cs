using System.Globalization;
using Audrey.Core.Ids;

namespace Audrey.Abstractions.Auditing;

/// <summary>
/// Finds the parts of the audit trail. There are several parts, so that no single grain writes the commands of all conductors. Refused
/// requests have a separate part, so that strangers cannot displace the entries of commands.
/// </summary>
public static class AuditParts
{
    /// <summary>The number of parts for commands. It is fixed, so a conductor's entries are always in the same part.</summary>
    private const int Commands = 16;

    private const string Prefix = "x:audit:";

    /// <summary>The number of all parts. The last part is for refused requests.</summary>
    public const int Count = Commands + 1;

    /// <summary>The index of the part for refused requests.</summary>
    public const int Refusals = Commands;

    /// <summary>Returns the index of the part with a conductor's commands.</summary>
    public static int IndexOf(ConductorKey conductor)
    {
        var hash = 0u;
        foreach (var character in conductor.Value) hash = (hash * 31) + character;
        return (int)(hash % Commands);
    }

    /// <summary>Returns the key of a part's grain.</summary>
    public static string KeyOf(int part) => Prefix + part.ToString(CultureInfo.InvariantCulture);
}
