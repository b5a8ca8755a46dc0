using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;
using Audrey.Core.Secrets;

namespace Audrey.Cli.Plans;

/// <summary>Writes the user data of instances that are added or replaced after the launch.</summary>
internal sealed class Newcomers : IDisposable
{
    private readonly Uri _endpoint;
    private readonly PlanDirectory _directory;
    private readonly UserDataForm _form;
    private readonly HostDirectories _hosts;
    private readonly StoredSetup _stored;
    private readonly MachineSetup _setup;

    /// <param name="endpoint">The URL at which guests reach the config server.</param>
    /// <param name="directory">The directory for the user data. It can contain the plan of the launch.</param>
    /// <param name="form">The form of the user data.</param>
    /// <param name="setup">The setup of the machines. Missing parts come from the plan.</param>
    /// <param name="takesStoredCa">Whether the certificate authorities may come from the plan, if it has the same endpoint.</param>
    public Newcomers(Uri endpoint, PlanDirectory directory, UserDataForm form, MachineSetup setup, bool takesStoredCa)
    {
        (_endpoint, _directory, _form, _hosts) = (endpoint, directory, form, HostDirectories.Read(directory));
        _stored = directory.ReadPlan(StoredSetup.Read) ?? StoredSetup.None;
        var isSame = takesStoredCa && _stored.Endpoint == endpoint.AbsoluteUri.TrimEnd('/');
        _setup = setup.Or(_stored.Setup) with { CaCertificates = setup.CaCertificates ?? (isSame ? _stored.Setup.CaCertificates : null) };
    }

    /// <summary>Checks the setup before the servers give secrets, because they give each secret only once.</summary>
    /// <exception cref="CommandFailure">The user data cannot have the setup.</exception>
    public void CheckSetup()
    {
        UserDataOutput.CheckSetup(_setup, _form);
        var problems = _setup.Check();
        if (problems.IsEmpty && UserDataOutput.HasSetup(_form))
        {
            problems = [.. _stored.Packages.Keys.Append("").Select(Example)
                .Select(plan => CloudConfig.Check(plan, plan.Instances[0])).OfType<PlanFinding>().Take(1)];
        }

        if (!problems.IsEmpty) throw new CommandFailure(ExitCode.Failed, [.. problems.Select(problem => problem.Message)]);
    }

    /// <summary>Checks that the directory can hold the user data of a deployable's instances.</summary>
    /// <exception cref="CommandFailure">The directory holds the launch of another deployable.</exception>
    public void CheckDeployable(DeployableId deployable)
    {
        if (_directory.ReadPlan(DeployableOf) is { } launched && launched != deployable.Value)
        {
            throw new CommandFailure(
                ExitCode.Conflict, $"{_directory.Path} contains the launch of {launched}, not of {deployable}. Choose another --output.");
        }
    }

    /// <summary>
    /// Gets the deployable whose launch the directory contains. Null if it contains no launch.
    /// </summary>
    /// <exception cref="CommandFailure">The plan cannot be read.</exception>
    public DeployableId? Deployable => _directory.ReadPlan(DeployableOf) is { } id ? DeployableId.Parse(id) : null;

    /// <summary>Writes the user data of one instance and returns its directory.</summary>
    public string Write(DeployableId deployable, InstanceId id, string secret, string assembly, string label)
    {
        var config = new InstanceConfig
        {
            Id = id,
            Name = assembly,
            Secret = secret,
            Deployable = deployable,
            DeployableName = deployable.Value,
            Ordinal = InstanceLabels.OrdinalIn(label, assembly),
        };
        var plan = PlanOf(config, label, _hosts.HostNameOf(id, label));
        _directory.Write(UserDataOutput.Of(plan, _form));
        return Path.Combine(_directory.Path, plan.Instances[0].HostName);
    }

    /// <summary>Deletes the user data of instances that were removed. Their secrets are void.</summary>
    public void Remove(IEnumerable<InstanceId> instances) => _hosts.Remove(instances);

    public void Dispose() => _directory.Dispose();

    /// <summary>Returns a plan whose user data has the size of a real instance's.</summary>
    private LaunchPlan Example(string assembly) => PlanOf(
        new InstanceConfig
        {
            Id = InstanceId.Parse(Guid.Empty.ToString()),
            Name = assembly,
            Secret = NewSecret.Create(),
            Deployable = DeployableId.Parse(Guid.Empty.ToString()),
            DeployableName = assembly,
        },
        assembly,
        assembly);

    private LaunchPlan PlanOf(InstanceConfig config, string label, string hostName) => new()
    {
        Id = config.Deployable,
        Name = config.DeployableName,
        Endpoint = _endpoint,
        Setup = _setup,
        Instances =
        [
            new PlannedInstance
            {
                Label = label,
                Assembly = config.Name,
                Ordinal = config.Ordinal,
                HostName = hostName,
                Packages = _stored.Packages.GetValueOrDefault(config.Name, []),
                Config = config,
            },
        ],
    };

    private static string DeployableOf(string plan)
    {
        using var json = JsonDocument.Parse(plan);
        return json.RootElement.GetProperty("deployableId").GetString()!;
    }
}
