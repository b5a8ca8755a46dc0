using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Audrey.Hosting.Settings;

/// <summary>Validates options with <see cref="SettingsCheck"/>.</summary>
/// <param name="section">The configuration section that the options are bound to.</param>
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

/// <summary>Adds options that are validated when the program starts.</summary>
public static class SettingsServices
{
    /// <summary>
    /// Adds the options of a configuration section. The caller binds or configures their values. Adding the same options again has no
    /// effect.
    /// </summary>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SettingsValidator<TOptions>>(
            _ => new SettingsValidator<TOptions>(section)));
        return services.AddOptions<TOptions>().ValidateOnStart();
    }
}
