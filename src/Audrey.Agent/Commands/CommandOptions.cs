using System.CommandLine;
using Audrey.Agent.Stages.Discover;

namespace Audrey.Agent.Commands;

/// <summary>Creates the options that several commands share, or that have the same form.</summary>
internal static class CommandOptions
{
    /// <summary>The state directory of the packages.</summary>
    private const string DefaultState = "/var/lib/audrey-instance-config";

    /// <summary>40 days, which every timer allows. The maximum of a timer is 49.7 days.</summary>
    private const int MaxSeconds = 40 * 86_400;

    public static Option<string> State() => new("--state")
    {
        Description = $"The state directory (default {DefaultState}).",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultState,
    };

    public static Option<string?> CaBundle() => Text(
        "--ca-bundle",
        "FILE",
        $"A PEM file with certificates that replace the system's certificates. Default: {StoredFiles.CaPath}, if it exists.");

    /// <summary>Returns the path of the CA bundle. Null if there is none.</summary>
    public static string? FindCaBundle(ParseResult parsed, Option<string?> caBundle) =>
        parsed.GetValue(caBundle) ?? (File.Exists(StoredFiles.CaPath) ? StoredFiles.CaPath : null);

    /// <summary>Creates an option with a string value.</summary>
    public static Option<string?> Text(string name, string placeholder, string description) =>
        new(name) { Description = description, HelpName = placeholder };

    /// <summary>Creates an option without a value.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>Creates an option with a positive number of seconds.</summary>
    public static Option<double?> Seconds(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (> 0 and <= MaxSeconds)))
                result.AddError($"{name} must be a number of seconds greater than 0 and not more than {MaxSeconds}, which is 40 days.");
        });
        return option;
    }

    public static TimeSpan? Duration(double? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;
}
