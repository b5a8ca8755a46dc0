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
/// Converts an instance's configuration to the form that the instance grain registers: without sources, and with their tarball.
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
        if (!fetched.Problems.IsEmpty) return new PreparedRegistration(null, fetched.Problems);

        var tarball = TarballBuilder.Build(config, fetched.Contents, time.GetUtcNow(), _limits);
        return tarball.IsBuilt
            ? new PreparedRegistration(new InstanceRegistration(command, config.WithoutSources(), tarball.Bytes), [])
            : new PreparedRegistration(null, tarball.Problems);
    }

    private static IEnumerable<string> UrlsOf(InstanceConfig config) =>
        from service in config.Services
        from source in service.Executable is null ? service.Files : service.Files.Insert(0, service.Executable)
        where source.Url is not null
        select source.Url;
}

/// <summary>A registration, or all problems that prevent it.</summary>
internal sealed record PreparedRegistration(InstanceRegistration? Registration, ImmutableArray<string> Problems)
{
    /// <summary>Whether there is a registration.</summary>
    [MemberNotNullWhen(true, nameof(Registration))]
    public bool IsReady => Registration is not null;
}
