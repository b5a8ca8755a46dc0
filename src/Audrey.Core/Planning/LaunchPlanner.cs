using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;

namespace Audrey.Core.Planning;

/// <summary>Turns a document of a deployable into the instances to launch, with ids, secrets, values and resolved references.</summary>
public static class LaunchPlanner
{
    /// <summary>Plans a launch.</summary>
    /// <param name="document">A valid document. This method checks its references and values again.</param>
    /// <param name="options">The endpoint of the server, the values given at launch, and the source of ids.</param>
    /// <returns>The plan, or all problems that prevent it. This method never throws, whatever the input is.</returns>
    public static LaunchPlanResult Plan(DeployableDocument document, LaunchOptions options)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new PlanFindings();
        if (options.Endpoint is { } endpoint && EndpointProblem(endpoint) is { } wrong) findings.Add(null, wrong);
        MachineSetupCheck.Check(options.Setup, findings);
        var given = new LaunchValues(document, options, findings);
        var assemblies = new Dictionary<string, AssemblyDocument>(StringComparer.Ordinal);
        foreach (var assembly in document.Assemblies)
        {
            if (!assemblies.TryAdd(assembly.Name, assembly))
                findings.Add(NameRules.Show(assembly.Name), "a second assembly of this name; names must be unique");
            if (assembly.Count < 0) findings.Add(NameRules.Show(assembly.Name), "its count is negative");
        }

        if (findings.Any) return new LaunchPlanResult(null, findings.ToImmutable());
        if (!TryGetId(document, options, findings, out var id)) return new LaunchPlanResult(null, findings.ToImmutable());
        if (Deadlines.Problem(document.Deadline) is { } late) findings.Add(null, $"the deadline {late}");

        var ungrouped = document.Assemblies.Where(assembly => assembly.Count is null)
            .Select(assembly => assembly.Name).ToHashSet(StringComparer.Ordinal);
        var identities = document.Assemblies.ToDictionary(
            assembly => assembly.Name, assembly => Identities(assembly, ungrouped, options.Identities), StringComparer.Ordinal);
        var members = identities.ToDictionary(
            entry => entry.Key, entry => entry.Value.Select(identity => identity.Id).ToImmutableArray(), StringComparer.Ordinal);
        var parameters = new ParameterPlanner(assemblies, members, given, findings);
        var instances = ImmutableArray.CreateBuilder<PlannedInstance>();
        var prototypes = ImmutableArray.CreateBuilder<PlannedPrototype>();
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var assembly in document.Assemblies)
        {
            // All instances of an assembly have the same services and therefore share their parameters.
            ImmutableArray<ServiceConfig> services = [.. assembly.Services.Select(service => Service(assembly, service, parameters))];
            var config = Config(document, id, assembly, services);
            if (assembly.Count == 0)
            {
                var (uuid, _) = options.Identities.NewInstance(assembly.Name, ordinal: null);
                var prototype = config with { Id = InstanceId.Parse(uuid), IsPrototype = true };
                prototypes.Add(new() { Config = prototype, Packages = assembly.Template?.Packages ?? [] });
                Check(assembly, prototype, options, findings);
            }

            var checkedOnce = false;
            foreach (var (instance, secret, ordinal) in identities[assembly.Name])
            {
                var own = config with { Id = instance, Secret = secret, Ordinal = ordinal };
                if (!checkedOnce) Check(assembly, own, options, findings);
                checkedOnce = true;
                var label = InstanceLabels.Of(assembly.Name, ordinal);
                instances.Add(new PlannedInstance
                {
                    Label = label,
                    Assembly = assembly.Name,
                    Ordinal = ordinal,
                    HostName = InstanceNaming.HostName(label, hosts),
                    HardwareProfile = assembly.HardwareProfile,
                    Realm = assembly.Realm,
                    Image = assembly.Image,
                    Packages = assembly.Template?.Packages ?? [],
                    Config = own,
                });
            }
        }

        CheckAll(
            [.. instances.Select(instance => instance.Config), .. prototypes.Select(prototype => prototype.Config)], options, findings);
        if (findings.Any) return new LaunchPlanResult(null, findings.ToImmutable());
        var plan = new LaunchPlan
        {
            Id = id,
            Name = document.Name,
            Deadline = document.Deadline,
            Endpoint = options.Endpoint,
            Setup = options.Setup,
            Instances = instances.ToImmutable(),
            Prototypes = prototypes.ToImmutable(),
        };
        return new LaunchPlanResult(plan, []);
    }

    /// <summary>Returns the host name for an instance that is added to a deployable after its launch.</summary>
    /// <param name="label">The label of the instance.</param>
    /// <param name="taken">The host names that other instances have. The new name is added.</param>
    public static string HostNameOf(string label, ISet<string> taken)
    {
        ArgumentNullException.ThrowIfNull(label);
        ArgumentNullException.ThrowIfNull(taken);
        return InstanceNaming.HostName(label, taken);
    }

    /// <summary>Returns why guests cannot use an endpoint. Null if they can. The text does not quote the endpoint.</summary>
    public static string? EndpointProblem(Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
            return "the config server's endpoint is not an http or https URL; write http://HOST:PORT";
        return endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0
            || endpoint.OriginalString.Contains('|', StringComparison.Ordinal)
            ? "the config server's endpoint contains more than scheme, host, port and path; write http://HOST:PORT"
            : null;
    }

    private static bool TryGetId(DeployableDocument document, LaunchOptions options, PlanFindings findings, out DeployableId id)
    {
        id = default;
        if (options.Id is { } given)
        {
            id = given;
            return true;
        }

        if (DeployableId.TryParse(document.Id ?? options.Identities.NewDeployableId(), out id, out var problem)) return true;
        findings.Add(null, problem);
        return false;
    }

    private static ImmutableArray<(InstanceId Id, string Secret, int? Ordinal)> Identities(
        AssemblyDocument assembly, IReadOnlySet<string> ungrouped, ILaunchIdentities source)
    {
        var ordinals = assembly.Count is { } count
            ? InstanceLabels.OrdinalsOf(assembly.Name, first: 0, ungrouped).Take(count).Select(ordinal => (int?)ordinal)
            : [null];
        return [.. ordinals.Select(ordinal =>
        {
            var (uuid, secret) = source.NewInstance(assembly.Name, ordinal);
            return (InstanceId.Parse(uuid), secret, ordinal);
        })];
    }

    private static ServiceConfig Service(AssemblyDocument assembly, ServiceDocument service, ParameterPlanner parameters) => new()
    {
        Name = service.Name,
        Classes = service.Classes,
        Executable = service.Executable,
        Files = service.Files,
        Parameters = [.. service.Parameters.Select(parameter => parameters.Plan(assembly, service, parameter)).OfType<ParameterConfig>()],
    };

    private static InstanceConfig Config(
        DeployableDocument document, DeployableId id, AssemblyDocument assembly, ImmutableArray<ServiceConfig> services) => new()
        {
            Id = default,
            Name = assembly.Name,
            Secret = "",
            Deployable = id,
            DeployableName = document.Name,
            Template = assembly.Template?.Name,
            ProvidedParameters = [.. assembly.Returns.Select(value => value.Name)],
            SecretParameters = [.. assembly.Returns.Where(value => value.Secret).Select(value => value.Name)],
            ProvidedFacts =
                [.. from value in assembly.Returns where value.Fact is not null select new ProvidedFact(value.Name, value.Fact!)],
            Services = services,
            Stay = assembly.Stay ?? document.Stay,
        };

    /// <summary>Checks the instances against each other, as a launch does.</summary>
    private static void CheckAll(ImmutableArray<InstanceConfig> instances, LaunchOptions options, PlanFindings findings)
    {
        foreach (var problem in RegistrationCheck.Fit(instances, options.Limits).Problems) findings.Add(null, problem.Message);
    }

    private static void Check(AssemblyDocument assembly, InstanceConfig config, LaunchOptions options, PlanFindings findings)
    {
        foreach (var problem in InstanceConfigRules.Problems(config, options.Limits)) findings.Add(NameRules.Show(assembly.Name), problem);
    }
}
