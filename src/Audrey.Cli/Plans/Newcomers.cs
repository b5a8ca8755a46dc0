using System.Globalization;
using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Planning;

namespace Audrey.Cli.Plans;

/// <summary>Writes the user data of instances that are added or replaced after the launch.</summary>
internal sealed class Newcomers(Uri endpoint, PlanDirectory directory, UserDataForm form, MachineSetup setup) : IDisposable
{
    private readonly HostDirectories _hosts = HostDirectories.Read(directory);
    private readonly StoredSetup _stored = directory.ReadPlan(StoredSetup.Read) ?? StoredSetup.None;

    /// <summary>Checks that the directory can hold the user data of a deployable's instances.</summary>
    /// <exception cref="CommandFailure">The directory holds the launch of another deployable.</exception>
    public void CheckDeployable(DeployableId deployable)
    {
        if (directory.ReadPlan(DeployableOf) is { } launched && launched != deployable.Value)
        {
            throw new CommandFailure(
                ExitCode.Conflict, $"{directory.Path} contains the launch of {launched}, not of {deployable}. Choose another --output.");
        }
    }

    /// <summary>Writes the user data of one instance and returns its directory.</summary>
    public string Write(
        DeployableId deployable, string deployableName, InstanceId id, string secret, string assembly, int? ordinal, string? label = null)
    {
        label ??= ordinal is null ? assembly : string.Create(CultureInfo.InvariantCulture, $"{assembly}-{ordinal}");
        var plan = new LaunchPlan
        {
            Id = deployable,
            Name = deployableName,
            Endpoint = endpoint,
            Setup = setup.Or(_stored.Setup),
            Instances =
            [
                new PlannedInstance
                {
                    Label = label,
                    Assembly = assembly,
                    Ordinal = ordinal,
                    HostName = _hosts.HostNameOf(id, label),
                    Packages = _stored.Packages.GetValueOrDefault(assembly, []),
                    Config = new InstanceConfig
                    {
                        Id = id,
                        Name = assembly,
                        Secret = secret,
                        Deployable = deployable,
                        DeployableName = deployableName,
                        Ordinal = ordinal,
                    },
                },
            ],
        };
        directory.Write(UserDataOutput.Of(plan, form));
        return Path.Combine(directory.Path, plan.Instances[0].HostName);
    }

    /// <summary>Deletes the user data of instances that were removed. Their secrets are void.</summary>
    public void Remove(IEnumerable<InstanceId> instances) => _hosts.Remove(instances);

    public void Dispose() => directory.Dispose();

    private static string DeployableOf(string plan)
    {
        using var json = JsonDocument.Parse(plan);
        return json.RootElement.GetProperty("deployableId").GetString()!;
    }
}
