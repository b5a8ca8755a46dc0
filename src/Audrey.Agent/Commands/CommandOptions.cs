using System.CommandLine;

namespace Audrey.Agent.Commands;

/// <summary>Options that commands share.</summary>
internal static class CommandOptions
{
    /// <summary>Where packages keep the state.</summary>
    private const string DefaultState = "/var/lib/audrey-instance-config";

    public static Option<string> State() => new("--state")
    {
        Description = $"The directory with what is remembered (default {DefaultState}).",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultState,
    };

    /// <summary>A positive number of seconds.</summary>
    public static Option<double?> Seconds(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (> 0 and <= 31_536_000)))
                result.AddError($"{name} needs a number of seconds above 0, and at most a year's.");
        });
        return option;
    }

    public static TimeSpan? Duration(double? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;
}
