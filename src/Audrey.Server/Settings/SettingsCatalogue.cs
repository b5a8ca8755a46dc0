using System.ComponentModel;
using Audrey.Core.Limits;
using Audrey.Core.Text;
using Audrey.Gateway.Settings;
using Audrey.Grains;
using Audrey.Grains.Registration;
using Audrey.Hosting.Settings;
using Audrey.Storage;

namespace Audrey.Server.Settings;

/// <summary>
/// The list of every setting under <c>Audrey</c>. Without this list, a misspelt setting would be ignored, and an unreadable setting would
/// be reported alone, without the other problems.
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
        .. Setting.Of(typeof(BusSettings), BusSettings.Section),
        .. Setting.Of(typeof(AudreyStorageOptions), AudreyStorageOptions.Section),
        .. Setting.Of(typeof(PropagationOptions), PropagationOptions.Section),
        .. Setting.Of(typeof(RecoveryOptions), RecoveryOptions.Section),
        .. Setting.Of(typeof(HistoryOptions), HistoryOptions.Section),
        .. Setting.Of(typeof(AuditOptions), AuditOptions.Section),
        .. Setting.Of(typeof(SourceFetchOptions), SourceFetchOptions.Section),
        .. Setting.Of(typeof(DocumentLimits), DocumentLimits.Section),
        .. Setting.Of(typeof(QuotaLimits), QuotaLimits.Section),
    ];

    /// <summary>
    /// Returns a sentence for each setting that is unknown or cannot be read. A sentence never quotes a value, because the value can be
    /// secret.
    /// </summary>
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.GetSection(ServerOptions.Section).AsEnumerable())
        {
            if (value is null || key.Equals(ServerOptions.Section, StringComparison.OrdinalIgnoreCase)) continue;
            if (!Types.TryGetValue(Pattern(key), out var type))
                yield return $"{key} is not a setting.{Suggestion(Pattern(key))}";
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
            var read = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return read is not null && (!type.IsEnum || Enum.IsDefined(type, read));
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

    /// <summary>
    /// Suggests the setting with nearly the same name, or with the same name in another section. Returns an empty string if there is no
    /// such setting.
    /// </summary>
    private static string Suggestion(string key)
    {
        var nearest = NearestName.Find(key, Names)
            ?? Names.FirstOrDefault(name => LastPart(name).Equals(LastPart(key), StringComparison.OrdinalIgnoreCase));
        return nearest is null ? "" : $" Did you mean {nearest}?";
    }

    private static string LastPart(string key) => key[(key.LastIndexOf(':') + 1)..];
}
