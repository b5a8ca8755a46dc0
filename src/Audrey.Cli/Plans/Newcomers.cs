using System.Globalization;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Planning;

namespace Audrey.Cli.Plans;

/// <summary>Writes the user data of instances that are added after the launch.</summary>
internal sealed class Newcomers(Uri endpoint, PlanDirectory directory, UserDataForm form) : IDisposable
{
    /// <summary>Writes the user data of one instance and returns its directory.</summary>
    public string Write(DeployableId deployable, string deployableName, InstanceId id, string secret, string assembly, int? ordinal)
    {
        var label = ordinal is null ? assembly : string.Create(CultureInfo.InvariantCulture, $"{assembly}-{ordinal}");
        var plan = new LaunchPlan
        {
            Id = deployable,
            Name = deployableName,
            Endpoint = endpoint,
            Instances =
            [
                new PlannedInstance
                {
                    Label = label,
                    Assembly = assembly,
                    Ordinal = ordinal,
                    HostName = LaunchPlanner.HostNameOf(label),
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

    public void Dispose() => directory.Dispose();
}
