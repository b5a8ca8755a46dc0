using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Settings;

/// <summary>Binds the server's own settings, and reports everything that is wrong with all settings at once.</summary>
internal static class SettingsSteps
{
    /// <summary>Binds the settings that decide what is composed. Wrong ones are reported by <see cref="ThrowIfSettingsAreWrong"/>.</summary>
    public static ServerOptions AddServerSettings(this WebApplicationBuilder builder)
    {
        var unreadable = SettingsCatalogue.Problems(builder.Configuration).ToList();
        if (unreadable.Count > 0) throw new SettingsException(unreadable);

        var settings = new ServerOptions();
        builder.Configuration.GetSection(ServerOptions.Section).Bind(settings);
        settings.DataDirectory = Path.GetFullPath(settings.DataDirectory);
        builder.Configuration[ConductorOptions.DataDirectoryOption] = settings.DataDirectory;

        builder.Services.AddSingleton(Options.Create(settings));
        builder.Services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        return settings;
    }

    /// <exception cref="SettingsException">Settings are wrong.</exception>
    public static void ThrowIfSettingsAreWrong(this WebApplication server)
    {
        var problems = new List<string>();
        var settings = server.Services.GetRequiredService<IOptions<ServerOptions>>().Value;
        foreach (var validator in server.Services.GetServices<IValidateOptions<ServerOptions>>())
            problems.AddRange(validator.Validate(null, settings).Failures ?? []);
        try
        {
            server.Services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException wrong)
        {
            problems.AddRange(wrong.Failures);
        }
        catch (AggregateException several)
        {
            problems.AddRange(several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures));
        }

        if (problems.Count > 0) throw new SettingsException([.. problems.Distinct()]);
    }
}
