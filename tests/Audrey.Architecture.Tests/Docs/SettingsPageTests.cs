using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Audrey.Hosting.Settings;
using Audrey.Server.Settings;

namespace Audrey.Architecture.Tests.Docs;

/// <summary>The table of settings in docs/operations.md is generated from the properties of the options.</summary>
public sealed partial class SettingsPageTests
{
    private static readonly (TimeSpan Length, string Name)[] TimeUnits =
    [
        (TimeSpan.FromDays(1), "day"), (TimeSpan.FromHours(1), "h"), (TimeSpan.FromMinutes(1), "min"), (TimeSpan.FromSeconds(1), "s"),
        (TimeSpan.FromMilliseconds(1), "ms"),
    ];

    private static readonly (long Size, string Name)[] SizeUnits = [(1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB"), (1, "B")];

    [Fact]
    public void The_page_lists_every_setting_with_its_default_range_and_meaning() => GeneratedText.Holds(
        "docs/operations.md",
        "### All settings",
        [
            "| Setting | Default | Range | Meaning |",
            "|---|---|---|---|",
            .. from setting in SettingsCatalogue.All()
               select $"| `{setting.Name}` | {Default(setting)} | {Range(setting)} | {Meaning(setting)} |",
        ]);

    [Fact]
    public void Every_setting_has_a_meaning_and_every_number_and_time_has_a_range() => Rule.Holds(
        "Each setting needs a meaning for operators, and each number and time needs a range that the server checks at its start:",
        from setting in SettingsCatalogue.All()
        where Meaning(setting).Length == 0 || (Range(setting).Length == 0 && (setting.Type.IsValueType || setting.Type.IsEnum))
        select setting.Name);

    private static string Default(Setting setting)
    {
        if (setting.Property.GetCustomAttribute<SettingAttribute>()?.Default is { } described) return described;
        return setting.Property.GetValue(Activator.CreateInstance(setting.Property.DeclaringType!)) switch
        {
            "" or IList<string> => "none",
            string text => $"`{text}`",
            Enum member => $"`{member}`",
            bool flag => flag ? "`true`" : "`false`",
            { } value => Text(setting, value),
            null => "none",
        };
    }

    private static string Range(Setting setting)
    {
        if (setting.Property.GetCustomAttribute<SettingAttribute>()?.Range is { } described) return described;
        if (setting.Type.IsEnum) return string.Join(", ", Enum.GetNames(setting.Type).Select(name => $"`{name}`"));
        if (setting.Type == typeof(bool)) return "`true`, `false`";
        return setting.Range is var (min, max) ? $"{Text(setting, min)} to {Text(setting, max)}" : "";
    }

    /// <summary>Returns a value with its unit. The type of the value or the last word of the setting's name determines the unit.</summary>
    private static string Text(Setting setting, object value) => value switch
    {
        TimeSpan time => Time(time),
        _ when setting.Name.EndsWith("Bytes", StringComparison.Ordinal) => Size(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ when setting.Name.EndsWith("Percent", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"{value} %"),
        _ when setting.Name.EndsWith("Port", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
    };

    private static string Time(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return "0";
        var (length, name) = TimeUnits.First(unit => time.Ticks % unit.Length.Ticks == 0);
        var count = time.Ticks / length.Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} {name}{(name == "day" && count != 1 ? "s" : "")}");
    }

    private static string Size(long bytes)
    {
        var (size, name) = SizeUnits.First(unit => bytes % unit.Size == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size:N0} {name}");
    }

    /// <summary>Returns the summary of the property from the documentation file of its assembly.</summary>
    private static string Meaning(Setting setting)
    {
        var declaring = setting.Property.DeclaringType!;
        var member = XDocument.Load(Path.ChangeExtension(declaring.Assembly.Location, ".xml"))
            .Descendants("member").Single(member => (string?)member.Attribute("name") == $"P:{declaring.FullName}.{setting.Property.Name}");
        var text = string.Concat(member.Element("summary")!.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
            XElement element => $"`{element.Value}`",
            _ => node.ToString(),
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
