using Audrey.Client;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the client of Audrey to a program's services.</summary>
public static class AudreyClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IAudreyClient"/> as a singleton. The client connects with its first operation, logs to the program's log, and is
    /// disposed with the program's services. The options are validated when the program starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options. Null if the options are only bound from the configuration.</param>
    /// <returns>The builder of the options, for <c>BindConfiguration(AudreyClientOptions.Section)</c> and the like.</returns>
    public static OptionsBuilder<AudreyClientOptions> AddAudreyClient(
        this IServiceCollection services, Action<AudreyClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<IAudreyClient>(
            provider => new AudreyClient(provider.GetRequiredService<IOptions<AudreyClientOptions>>().Value));
        var options = services.AddSettings<AudreyClientOptions>(AudreyClientOptions.Section);
        options.PostConfigure<IServiceProvider>((settings, provider) => settings.LoggerFactory ??= provider.GetService<ILoggerFactory>());
        return configure is null ? options : options.Configure(configure);
    }
}
