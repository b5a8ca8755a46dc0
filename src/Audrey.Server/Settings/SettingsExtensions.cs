using Audrey.Gateway.Settings;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Settings;

/// <summary>Binds the server's own settings, and reports the problems of all settings together.</summary>
internal static class SettingsExtensions
{
    /// <summary>
    /// Binds the settings that decide how the server is composed. <see cref="ThrowIfSettingsAreWrong"/> reports settings that are out of
    /// range.
    /// </summary>
    /// <exception cref="SettingsException">Settings are unknown or cannot be read.</exception>
    public static ServerOptions AddServerSettings(this WebApplicationBuilder builder)
    {
        var unreadable = SettingsCatalogue.Problems(builder.Configuration).ToList();
        if (unreadable.Count > 0) throw new SettingsException(unreadable);

        var settings = new ServerOptions();
        builder.Configuration.GetSection(ServerOptions.Section).Bind(settings);
        settings.DataDirectory = Path.GetFullPath(settings.DataDirectory);
        builder.Configuration[ConductorOptions.DataDirectoryOption] = settings.DataDirectory;
        builder.Services.AddSingleton(Options.Create(settings));
        return settings;
    }

    /// <exception cref="SettingsException">Settings are wrong. The exception names each wrong setting.</exception>
    public static void ThrowIfSettingsAreWrong(this WebApplication server)
    {
        var settings = server.Services.GetRequiredService<IOptions<ServerOptions>>().Value;
        var problems = SettingsCheck.Problems(settings, ServerOptions.Section).ToList();
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
