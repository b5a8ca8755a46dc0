using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Audrey.Hosting.Settings;

/// <summary>
/// Checks options against the ranges that their properties state, and against the rules that their classes check as
/// <see cref="IValidatableObject"/>.
/// </summary>
public static class SettingsCheck
{
    /// <summary>Returns all problems, one sentence for each. A sentence begins with the setting's full name.</summary>
    /// <param name="options">The options. An options class reports a broken rule with <see cref="Broken"/>.</param>
    /// <param name="section">The configuration section that the options are bound to.</param>
    public static IEnumerable<string> Problems(object options, string section)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.GetValue(options) is not { } value) continue;
            var setting = new Setting($"{section}:{property.Name}", property);
            if (OutOfRange(setting, value) is { } problem) yield return problem;
            if (!Setting.IsSection(property.PropertyType) || value is IEnumerable) continue;
            foreach (var nested in Problems(value, setting.Name)) yield return nested;
        }

        if (options is not IValidatableObject rules) yield break;
        foreach (var broken in rules.Validate(new ValidationContext(options)))
            yield return $"{section}:{broken.MemberNames.Single()} {broken.ErrorMessage}.";
    }

    /// <summary>Creates the result for a broken rule of an options class.</summary>
    /// <param name="setting">The setting's name inside the class, such as <c>Networks:0</c>.</param>
    /// <param name="problem">The end of a sentence that begins with the setting's name, without a full stop.</param>
    public static ValidationResult Broken(string setting, string problem) => new(problem, [setting]);

    private static string? OutOfRange(Setting setting, object value)
    {
        if (value is Enum member)
        {
            return Enum.IsDefined(member.GetType(), member)
                ? null
                : $"{setting.Name} is {member}; it must be one of {string.Join(", ", Enum.GetNames(member.GetType()))}.";
        }

        return setting.Range is var (min, max) && (min.CompareTo(value) > 0 || max.CompareTo(value) < 0)
            ? $"{setting.Name} is {Text(value)}; it must be between {Text(min)} and {Text(max)}."
            : null;
    }

    // Formats a time span as in a configuration, without trailing zeros in its fraction.
    private static string Text(object value) =>
        value is TimeSpan time && time.Ticks % TimeSpan.TicksPerSecond != 0
            ? time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0')
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
