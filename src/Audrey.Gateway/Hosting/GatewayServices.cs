using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Limits;
using Audrey.Gateway.Auditing;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Bus;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Endpoints.Conductors;
using Audrey.Gateway.Endpoints.Guests;
using Audrey.Gateway.Endpoints.Versions0To2;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Uploads;
using Audrey.Gateway.Waiting;
using Audrey.Hosting.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Hosting;

/// <summary>The steps of <see cref="GatewayExtensions.AddAudreyGateway"/>.</summary>
internal static class GatewayServices
{
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        // Binding a list a second time would append to it.
        if (services.Any(service => service.ServiceType == typeof(IConfigureOptions<ConductorOptions>))) return services;
        services.AddSettings<GatewayOptions>(GatewayOptions.Section).Bind(configuration.GetSection(GatewayOptions.Section))
            .Validate(gateway => BodySizes.Fit(gateway, ReadLimits(configuration)), BodySizes.TooLowBound);
        services.AddSettings<DocumentLimits>(DocumentLimits.Section).Bind(configuration.GetSection(DocumentLimits.Section));
        services.AddSettings<BusSettings>(BusSettings.Section).Bind(configuration.GetSection(BusSettings.Section));
        services.AddSettings<QuotaLimits>(QuotaLimits.Section).Bind(configuration.GetSection(QuotaLimits.Section));
        services.AddSettings<ProxyOptions>(ProxyOptions.Section)
            .Configure(options => configuration.GetSection(ProxyOptions.Section).Bind(options.Networks));
        services.AddSettings<ConductorOptions>(ConductorOptions.Section).Configure(options =>
        {
            options.DataDirectory = configuration[ConductorOptions.DataDirectoryOption] ?? options.DataDirectory;
            configuration.GetSection(ConductorOptions.Section).Bind(options.Conductors);
        });
        return services;
    }

    public static IServiceCollection AddServerLimits(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => OpenFiles.OfThisProcess());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IConfigureOptions<KestrelServerOptions>, ServerLimits>());
        return services;
    }

    public static IServiceCollection AddConductors(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GrainCalls>();
        services.TryAddSingleton<ConfiguredConductors>();
        if (services.All(service => service.ServiceType != typeof(MadeConductor)))
        {
            services.AddSingleton(provider => new MadeConductor(
                provider.GetRequiredService<IOptions<ConductorOptions>>(),
                provider.GetRequiredService<IGrainFactory>(),
                provider.GetRequiredService<GrainCalls>(),
                provider.GetRequiredService<ILogger<MadeConductor>>()));
            services.AddHostedService(provider => provider.GetRequiredService<MadeConductor>());
        }

        services.TryAddSingleton<IConfiguredCredentials>(provider => provider.GetRequiredService<ConfiguredConductors>());
        services.TryAddSingleton(provider => new AddedCredentials(
            ReaderOf(provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<GrainCalls>()),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ConductorDirectory>();
        services.TryAddSingleton<WrongSecrets>();
        services.TryAddSingleton<IConductorQuotas, ConfiguredQuotas>();
        services.TryAddSingleton<OpenStreams>();
        return services;
    }

    public static IServiceCollection AddCallers(this IServiceCollection services)
    {
        services.AddConductors();
        services.TryAddSingleton<GuestCredentials>();
        services.TryAddSingleton<WrongSecretCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<WrongSecretCounts>());
        services.TryAddSingleton<SecretTransport>();
        services.TryAddSingleton<AdmissionControl>();
        services.TryAddSingleton<ConductorLimits>();
        services.TryAddSingleton<InstanceLimits>();
        services.TryAddSingleton<BodyMemory>();
        services.TryAddSingleton<BodyReader>();
        services.TryAddSingleton<SignedForms>();
        services.TryAddSingleton<RefusedCommands>();
        services.TryAddSingleton<SignatureLog>();
        services.TryAddSingleton<SlowedSecrets>();
        services.TryAddSingleton<OAuthConductorAuthenticator>();
        services.TryAddSingleton<OAuthGuestAuthenticator>();
        services.TryAddSingleton<BasicConductorAuthenticator>();
        services.TryAddSingleton<BasicGuestAuthenticator>();
        return services;
    }

    public static IServiceCollection AddAuditTrail(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new AuditTrail(
            provider.GetRequiredService<IGrainFactory>(),
            new LaunchCalls(provider.GetRequiredService<GrainCalls>()),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IRefusalObserver, RefusalRecorder>();
        return services.AddRefusalSums();
    }

    public static IServiceCollection AddRefusalSums(this IServiceCollection services)
    {
        services.TryAddSingleton<RefusalSums>();
        services.AddHostedService<RefusalWriter>();
        return services;
    }

    public static IServiceCollection AddWaiting(this IServiceCollection services)
    {
        services.TryAddSingleton<LongPollRegistry>();
        services.TryAddSingleton<NextCallAdvice>();
        services.TryAddSingleton<LongPoll>();
        return services;
    }

    public static IServiceCollection AddBus(this IServiceCollection services)
    {
        services.TryAddSingleton<BusUrl>();
        services.TryAddSingleton<BusCallers>();
        services.TryAddSingleton<BusOwners>();
        services.TryAddSingleton<BusBridge>();
        services.TryAddSingleton<EmbeddedBusService>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedBusService>());
        services.AddHostedService<BrokerService>();
        return services;
    }

    public static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.TryAddSingleton<RetryAdvice>();
        services.TryAddSingleton<GatewayExceptionHandler>();
        services.TryAddSingleton<TarballUploads>();
        services.TryAddSingleton<CommandResponses>();
        services.TryAddSingleton<InstanceReports>();
        services.TryAddSingleton<DeployableReports>();
        services.AddGroup<VersionEndpoints>();
        services.AddGroup<SchemaEndpoints>();
        services.AddGroup<AuthEndpoints>();
        services.AddGroup<ConfigsEndpoints>();
        services.AddGroup<ParamsEndpoints>();
        services.AddGroup<FilesEndpoints>();
        services.AddGroup<AddressEndpoints>();
        services.AddGroup<DeploymentEndpoints>();
        services.AddGroup<ReportsEndpoints>();
        services.AddGroup<HelloEndpoints>();
        services.AddGroup<ValuesEndpoints>();
        services.AddGroup<ConfigurationEndpoints>();
        services.AddGroup<ServicesEndpoints>();
        services.AddGroup<FactsEndpoints>();
        services.AddGroup<TarballEndpoints>();
        services.AddGroup<ReportEndpoints>();
        services.AddGroup<DeployablesEndpoints>();
        services.AddGroup<OwnerEndpoints>();
        services.AddGroup<EventsEndpoints>();
        services.AddGroup<CredentialEndpoints>();
        services.AddGroup<AuditEndpoints>();
        services.AddGroup<SecretEndpoints>();
        services.AddGroup<MemberSecretEndpoints>();
        services.AddGroup<RetryEndpoints>();
        services.AddGroup<DifferencesEndpoints>();
        services.AddGroup<RegistrationEndpoints>();
        services.AddGroup<LaunchEndpoints>();
        services.AddGroup<BusEndpoints>();
        services.AddGroup<BrokerEndpoints>();
        services.AddGroup<GroupEndpoints>();
        services.AddGroup<ReplaceEndpoints>();
        return services;
    }

    // The limits of the options could be out of range, and their exception would hide the problems of other settings.
    private static DocumentLimits ReadLimits(IConfiguration configuration) =>
        configuration.GetSection(DocumentLimits.Section).Get<DocumentLimits>() ?? new();

    private static CredentialReader ReaderOf(IGrainFactory grains, GrainCalls calls) => known =>
        calls.Run((grains, known), static call => call.grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials).Read(call.known));

    private static void AddGroup<TGroup>(this IServiceCollection services)
        where TGroup : class, IEndpointGroup =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEndpointGroup, TGroup>());
}
