using System.CommandLine;
using System.Globalization;
using Audrey.Core.Deployables.Yaml;

namespace Audrey.Cli.Arguments;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const double MaxSeconds = 86_400 * 365;

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    public static Option<bool> ShowSecrets() =>
        new("--show-secrets") { Description = "Show secrets and secret values. They are hidden by default." };

    /// <summary>
    /// Creates an option for a duration: a number of seconds, or a duration such as 90s, 30m or 1h30m. Its value is in seconds.
    /// </summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">The description of the option.</param>
    /// <param name="orZero">Whether 0 is allowed. Otherwise the duration must be positive.</param>
    public static Option<double?> Seconds(string name, string description, bool orZero = false) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (SecondsOf(result.Tokens[^1].Value) is { } seconds && seconds <= MaxSeconds && (seconds > 0 || (orZero && seconds == 0)))
                return seconds;
            result.AddError(
                $"{name} takes {(orZero ? "0 or a" : "a positive")} number of seconds, or a time such as 90s, 30m or 1h30m, at most a "
                    + "year.");
            return null;
        },
    };

    private static double? SecondsOf(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return seconds;
        return Durations.TryParse(text, out var duration) ? duration.TotalSeconds : null;
    }
}
