using System.Globalization;
using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Yaml;

/// <summary>Parses and formats durations such as <c>90s</c>, <c>30m</c>, <c>1h30m</c> and <c>2d</c>.</summary>
public static class Durations
{
    private static readonly (char Unit, long Seconds)[] Units = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

    /// <summary>
    /// Parses a duration of at least one second. The units must be in descending order, and each unit may occur at most once.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        long total = 0;
        var at = 0;
        var unit = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == text.Length) break;
            while (unit < Units.Length && Units[unit].Unit != text[at]) unit++;
            if (unit == Units.Length
                || !int.TryParse(text.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                break;
            total += number * Units[unit].Seconds;
            unit++;
            at++;
        }

        var read = at == text.Length && text.Length > 0 && !char.IsAsciiDigit(text[^1]) && total > 0 && total <= Deadlines.Max.TotalSeconds;
        duration = read ? TimeSpan.FromSeconds(total) : default;
        return read;
    }

    /// <summary>Formats a duration of whole seconds in the form that <see cref="TryParse"/> parses.</summary>
    public static string Format(TimeSpan duration)
    {
        var text = new StringBuilder();
        var left = duration.Ticks / TimeSpan.TicksPerSecond;
        foreach (var (unit, seconds) in Units)
        {
            if (left >= seconds) text.Append(CultureInfo.InvariantCulture, $"{left / seconds}{unit}");
            left %= seconds;
        }

        return text.ToString();
    }
}
