using System.Globalization;
using System.Text;

namespace Audrey.Core.Planning;

/// <summary>Creates the host names of instances.</summary>
internal static class InstanceNaming
{
    /// <summary>Maximum length of one label of a host name (RFC 1123).</summary>
    private const int MaxHostNameLength = 63;

    /// <summary>
    /// Returns the label in lower-case letters, digits and hyphens. The host name differs from all names in <paramref name="taken"/>, and
    /// is added to them.
    /// </summary>
    public static string HostName(string label, ISet<string> taken)
    {
        var name = new StringBuilder(label.Length);
        foreach (var c in label.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        var host = name.ToString();
        if (host.Length > MaxHostNameLength) host = host[..MaxHostNameLength];
        host = host.Trim('-');
        return Unique(host.Length == 0 ? "instance" : host, taken, MaxHostNameLength);
    }

    private static string Unique(string name, ISet<string> taken, int max)
    {
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"-{i}");
            unique = (name.Length + suffix.Length > max ? name[..(max - suffix.Length)] : name) + suffix;
        }

        return unique;
    }
}
