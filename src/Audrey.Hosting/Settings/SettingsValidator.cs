using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Audrey.Hosting.Settings;

/// <summary>Validates options with <see cref="SettingsCheck"/>.</summary>
/// <param name="section">The section that they are bound from.</param>
public sealed class SettingsValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var problems = SettingsCheck.Problems(options, section).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}

/// <summary>Adds options that are validated at the start.</summary>
public static class SettingsServices
{
    /// <summary>Adds options of a section. The caller binds or configures their values. Adding them a second time has no effect.</summary>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SettingsValidator<TOptions>>(
            _ => new SettingsValidator<TOptions>(section)));
        return services.AddOptions<TOptions>().ValidateOnStart();
    }
}
