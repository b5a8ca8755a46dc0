using Audrey.Core.Documents;
using Audrey.Core.Planning;

namespace Audrey.Cli.Plans;

/// <summary>Replaces the secrets of a plan with a placeholder.</summary>
internal static class HiddenSecrets
{
    private const string Hidden = "(hidden)";

    public static LaunchPlan Of(LaunchPlan plan) => new()
    {
        Id = plan.Id,
        Name = plan.Name,
        Deadline = plan.Deadline,
        Endpoint = plan.Endpoint,
        Setup = plan.Setup,
        Instances = [.. plan.Instances.Select(Of)],
    };

    private static PlannedInstance Of(PlannedInstance instance) => new()
    {
        Label = instance.Label,
        Assembly = instance.Assembly,
        Ordinal = instance.Ordinal,
        HostName = instance.HostName,
        HardwareProfile = instance.HardwareProfile,
        Realm = instance.Realm,
        Image = instance.Image,
        Packages = instance.Packages,
        Config = instance.Config with { Secret = Hidden, Services = [.. instance.Config.Services.Select(Of)] },
    };

    private static ServiceConfig Of(ServiceConfig service) => service with { Parameters = [.. service.Parameters.Select(Of)] };

    private static ParameterConfig Of(ParameterConfig parameter) => !parameter.Secret ? parameter : parameter with
    {
        Type = ParameterType.Text,
        Value = parameter.Value is null ? null : System.Text.Encoding.UTF8.GetBytes(Hidden),
        Default = parameter.Default is null ? null : System.Text.Encoding.UTF8.GetBytes(Hidden),
    };
}
