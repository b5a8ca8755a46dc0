using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Registration;

/// <summary>What registration needs besides the grain.</summary>
internal static class SourceFetchingServices
{
    /// <summary>Adds the fetching of sources, its options validated at start. Adding it twice is adding it once.</summary>
    public static IServiceCollection AddSourceFetching(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(SourceFetcher))) return services;
        services.AddOptions<SourceFetchOptions>().BindConfiguration(SourceFetchOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SourceFetchOptions>, SourceFetchOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SourceFetcher>();
        services.AddSingleton<RegistrationPreparer>();
        return services;
    }
}
