using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Microsoft.Extensions.Options;

namespace Audrey.Grains.Registration;

/// <summary>
/// Converts an instance's configuration to the form that the instance grain registers. In this form a tarball replaces the sources.
/// </summary>
internal sealed class RegistrationPreparer(SourceFetcher sources, IOptions<DocumentLimits> limits, TimeProvider time)
{
    private readonly DocumentLimits _limits = limits.Value;

    /// <summary>
    /// Checks the configuration, fetches its sources and builds the tarball. Stops at the first of these steps that finds problems.
    /// </summary>
    public async Task<PreparedRegistration> Prepare(ConductorCommand command, InstanceConfig config)
    {
        var problems = InstanceConfigRules.Problems(config, _limits);
        if (!problems.IsEmpty) return new PreparedRegistration(null, problems);

        if (config.Services.All(service => service.Executable is null && service.Files.IsEmpty))
            return new PreparedRegistration(new InstanceRegistration(command, config, []), []);

        var fetched = await sources.Fetch(UrlsOf(config));
        if (fetched.Failures.Count > 0) return new PreparedRegistration(null, [.. ProblemsOf(config, fetched.Failures)]);

        var tarball = TarballBuilder.Build(config, fetched.Contents, time.GetUtcNow(), _limits);
        return tarball.IsBuilt
            ? new PreparedRegistration(new InstanceRegistration(command, config.WithoutSources(), tarball.Bytes), [])
            : new PreparedRegistration(null, tarball.Problems);
    }

    /// <summary>
    /// Prepares a registration of versions 0 to 2. The sources that cannot be fetched are left out, as <paramref name="leniency"/> and the
    /// registration then say.
    /// </summary>
    public async Task<PreparedRegistration> PrepareLeniently(ConductorCommand command, InstanceConfig config, Leniency leniency)
    {
        // A service whose executable was left out is checked as if it had one.
        var leftOut = leniency.LeftOut.Select(sources => sources.Service).ToHashSet(StringComparer.Ordinal);
        var problems = InstanceConfigRules.Problems(WithExecutables(config, leftOut), _limits);
        if (!problems.IsEmpty) return new PreparedRegistration(null, problems);

        var fetched = await sources.Fetch(UrlsOf(config));
        config = Without(config, fetched.Failures);
        leniency = leniency.WithFailures(fetched.Failures) with { Uses = [] };
        var tarball = TarballBuilder.Build(config, fetched.Contents, time.GetUtcNow(), _limits);
        if (!tarball.IsBuilt) return new PreparedRegistration(null, tarball.Problems);
        var hasSources = config.Services.Any(service => service.Executable is not null || !service.Files.IsEmpty);
        return new PreparedRegistration(
            new InstanceRegistration(
                command, config.WithoutSources(), hasSources ? tarball.Bytes : [],
                Leniency: leniency.Forgiven.IsEmpty ? null : leniency),
            []);
    }

    private static InstanceConfig WithExecutables(InstanceConfig config, HashSet<string> leftOut) => config with
    {
        Services =
        [
            .. config.Services.Select(service => service.Executable is null && leftOut.Contains(service.Name)
                ? service with { Executable = new SourceFile { Contents = "" } }
                : service),
        ],
    };

    private static InstanceConfig Without(InstanceConfig config, IReadOnlyDictionary<string, string> failures)
    {
        if (failures.Count == 0) return config;
        return config with
        {
            Services =
            [
                .. config.Services.Select(service => service with
                {
                    Executable = HasFailed(service.Executable) ? null : service.Executable,
                    Files = service.Files.RemoveAll(HasFailed),
                }),
            ],
        };

        bool HasFailed(SourceFile? source) => source?.Url is { } url && failures.ContainsKey(url);
    }

    private static IEnumerable<string> UrlsOf(InstanceConfig config) => SourcesOf(config).Select(source => source.Url);

    /// <summary>Returns a sentence for each source that could not be fetched, with the service that needs it.</summary>
    private static IEnumerable<string> ProblemsOf(InstanceConfig config, OrderedDictionary<string, string> failures) =>
        from source in SourcesOf(config)
        where failures.ContainsKey(source.Url)
        select $"{source.What} of {config.Name}[{source.Service}]: {failures[source.Url]}";

    private static IEnumerable<(string Service, string What, string Url)> SourcesOf(InstanceConfig config)
    {
        foreach (var service in config.Services)
        {
            if (service.Executable?.Url is { } executable) yield return (service.Name, "the executable", executable);
            foreach (var file in service.Files)
                if (file.Url is { } url) yield return (service.Name, "a file", url);
        }
    }
}

/// <summary>A registration, or all problems that prevent it.</summary>
internal sealed record PreparedRegistration(InstanceRegistration? Registration, ImmutableArray<string> Problems)
{
    /// <summary>Whether there is a registration.</summary>
    [MemberNotNullWhen(true, nameof(Registration))]
    public bool IsReady => Registration is not null;
}
