using System.CommandLine;
using System.Globalization;

namespace Audrey.Cli.Arguments;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const double MaxSeconds = 86_400 * 365;

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    public static Option<bool> ShowSecrets() =>
        new("--show-secrets") { Description = "Show secrets and secret values. They are hidden by default." };

    /// <summary>Creates an option for a positive duration in seconds.</summary>
    public static Option<double?> Seconds(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            // The conversion reports strings that are not numbers.
            if (result.Tokens is not [.., var last] || !double.TryParse(last.Value, CultureInfo.InvariantCulture, out var seconds)) return;
            if (seconds is not (> 0 and <= MaxSeconds)) result.AddError($"{name} takes a positive number of seconds, at most a year.");
        });
        return option;
    }
}
