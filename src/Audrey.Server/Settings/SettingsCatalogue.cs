using System.ComponentModel;
using System.Reflection;
using Audrey.Core.Limits;
using Audrey.Core.Text;
using Audrey.Gateway.Settings;
using Audrey.Grains;
using Audrey.Grains.Registration;
using Audrey.Storage;

namespace Audrey.Server.Settings;

/// <summary>
/// Every option under <c>Audrey</c> by its name. A misspelt option would otherwise be ignored, and one that cannot be read would be
/// reported alone.
/// </summary>
internal static class SettingsCatalogue
{
    private static readonly Dictionary<string, Type> Options = new(StringComparer.OrdinalIgnoreCase);

    static SettingsCatalogue()
    {
        Add(ServerOptions.Section, typeof(ServerOptions));
        Add(GatewayOptions.Section, typeof(GatewayOptions));
        Add("Audrey:Limits", typeof(DocumentLimits));
        Add("Audrey:Propagation", typeof(PropagationOptions));
        Add(HistoryOptions.Section, typeof(HistoryOptions));
        Add(SourceFetchOptions.Section, typeof(SourceFetchOptions));
        Add("Audrey:Storage", typeof(AudreyStorageOptions));
        Add(ConductorOptions.Section + ":*", typeof(ConductorEntry));
        Options[ProxyOptions.Section + ":*"] = typeof(string);
    }

    /// <summary>The names of all options; a star stands for the number of an entry.</summary>
    public static IEnumerable<string> Names => Options.Keys.Order(StringComparer.Ordinal);

    /// <summary>What is unknown or cannot be read, a sentence each, without values that may be secret.</summary>
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.GetSection(ServerOptions.Section).AsEnumerable())
        {
            if (value is null || key.Equals(ServerOptions.Section, StringComparison.OrdinalIgnoreCase)) continue;
            if (!Options.TryGetValue(Pattern(key), out var type))
                yield return $"{key} is not an option.{Suggestion(Pattern(key))}";
            else if (!CanRead(value, type))
                yield return $"{key} cannot be read as {Description(type)}.";
        }
    }

    private static void Add(string section, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = $"{section}:{property.Name}";
            if (property.PropertyType == typeof(IList<string>)) Options[name + ":*"] = typeof(string);
            else if (property.PropertyType.Namespace == typeof(ServerOptions).Namespace && !property.PropertyType.IsEnum) Add(name, property.PropertyType);
            else if (property.CanWrite) Options[name] = property.PropertyType;
        }
    }

    private static string Pattern(string key) =>
        string.Join(':', key.Split(':').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "*" : part));

    private static bool CanRead(string value, Type type)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (kind == typeof(string)) return true;
        try
        {
            return TypeDescriptor.GetConverter(kind).ConvertFromInvariantString(value) is { } read && (!kind.IsEnum || Enum.IsDefined(kind, read));
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

    /// <summary>The option with nearly the same name, or with the same name in another section; empty if there is none.</summary>
    private static string Suggestion(string key)
    {
        var nearest = NearestName.Find(key, Names)
            ?? Names.FirstOrDefault(name => LastPart(name).Equals(LastPart(key), StringComparison.OrdinalIgnoreCase));
        return nearest is null ? "" : $" Did you mean {nearest}?";
    }

    private static string LastPart(string key) => key[(key.LastIndexOf(':') + 1)..];
}
