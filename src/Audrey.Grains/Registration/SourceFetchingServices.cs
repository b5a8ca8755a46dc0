using Audrey.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Audrey.Grains.Registration;

/// <summary>The services that registration needs in addition to the grain.</summary>
internal static class SourceFetchingServices
{
    /// <summary>Adds the fetching of sources. The options of the fetching are validated at start. A second call changes nothing.</summary>
    public static IServiceCollection AddSourceFetching(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(SourceFetcher))) return services;
        services.AddSettings<SourceFetchOptions>(SourceFetchOptions.Section).BindConfiguration(SourceFetchOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SourceFetcher>();
        services.AddSingleton<RegistrationPreparer>();
        return services;
    }
}
