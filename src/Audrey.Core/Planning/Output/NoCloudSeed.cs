using System.Collections.Immutable;

namespace Audrey.Core.Planning.Output;

/// <summary>The files of a NoCloud seed directory, which contains the user data for machines without a cloud.</summary>
public static class NoCloudSeed
{
    /// <summary>Returns the names and contents of the files.</summary>
    /// <param name="instance">The instance, which provides the instance id and the host name.</param>
    /// <param name="cloudConfig">The user data, as <see cref="CloudConfig"/> formats it.</param>
    public static ImmutableArray<(string Name, string Contents)> Create(PlannedInstance instance, string cloudConfig)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var metaData = YamlText.Write(yaml => yaml.Map(() =>
        {
            yaml.Key("instance-id").Text(instance.Config.Id.Value);
            yaml.Key("local-hostname").Text(instance.HostName);
        }));
        return [("meta-data", metaData), ("user-data", cloudConfig)];
    }
}
