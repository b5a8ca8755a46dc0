using System.ComponentModel;
using Audrey.Core.Limits;
using Audrey.Gateway.Settings;
using Audrey.Grains;
using Audrey.Grains.Registration;
using Audrey.Hosting.Settings;
using Audrey.Storage;

namespace Audrey.Server.Settings;

/// <summary>
/// Every setting under <c>Audrey</c>. A misspelt one would otherwise be ignored, and one that cannot be read would be reported alone.
/// </summary>
internal static class SettingsCatalogue
{
    private static readonly Dictionary<string, Type> Types = All().ToDictionary(
        setting => setting.Name, setting => setting.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the names of all settings. A star stands for the number of an entry.</summary>
    public static IEnumerable<string> Names => Types.Keys.Order(StringComparer.Ordinal);

    /// <summary>Returns all settings, in the order in which docs/operations.md lists them.</summary>
    public static IEnumerable<Setting> All() =>
    [
        .. Setting.Of(typeof(ServerOptions), ServerOptions.Section),
        .. Setting.Of(typeof(ConductorEntry), ConductorOptions.Section + ":*"),
        new(ProxyOptions.Section + ":*", typeof(ProxyOptions).GetProperty(nameof(ProxyOptions.Networks))!),
        .. Setting.Of(typeof(GatewayOptions), GatewayOptions.Section),
        .. Setting.Of(typeof(AudreyStorageOptions), AudreyStorageOptions.Section),
        .. Setting.Of(typeof(PropagationOptions), PropagationOptions.Section),
        .. Setting.Of(typeof(HistoryOptions), HistoryOptions.Section),
        .. Setting.Of(typeof(SourceFetchOptions), SourceFetchOptions.Section),
        .. Setting.Of(typeof(DocumentLimits), DocumentLimits.Section),
    ];

    /// <summary>Returns a sentence for each setting that is unknown or cannot be read. It does not quote the value, which may be secret.</summary>
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.GetSection(ServerOptions.Section).AsEnumerable())
        {
            if (value is null || key.Equals(ServerOptions.Section, StringComparison.OrdinalIgnoreCase)) continue;
            if (!Types.TryGetValue(Pattern(key), out var type))
                yield return $"{key} is not a setting. Did you mean {Nearest(key)}?";
            else if (!CanRead(value, type))
                yield return $"{key} cannot be read as {Description(type)}.";
        }
    }

    private static string Pattern(string key) =>
        string.Join(':', key.Split(':').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "*" : part));

    private static bool CanRead(string value, Type type)
    {
        if (type == typeof(string)) return true;
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is { } read && (!type.IsEnum || Enum.IsDefined(type, read));
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Description(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 00:00:10"
        : type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type))
        : "a number";

    private static string Nearest(string key) => Names.MinBy(name => Distance(name.ToUpperInvariant(), Pattern(key).ToUpperInvariant()))!;

    /// <summary>Returns the number of letters to insert, delete or replace to turn one word into the other.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
