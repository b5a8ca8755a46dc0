using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Standalone;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Stages.Discover;

/// <summary>The contents of the user data: the address of a server, or a whole configuration.</summary>
internal sealed record Instructions(ServerAccess? Server, StandaloneConfig? Standalone)
{
    private const string Section = "audrey-instance-config";

    /// <summary>Reads user data of any form.</summary>
    /// <exception cref="AgentException">The user data cannot be read.</exception>
    public static Instructions Read(byte[] data)
    {
        try
        {
            return Read(UserDataText.Decode(data));
        }
        catch (StrictYamlException problem)
        {
            throw new AgentException(AgentExitCode.UserData, $"The user data is wrong: {problem.Message}.", problem);
        }
    }

    private static Instructions Read(string text)
    {
        if (ServerForm.IsLikely(text)) return new Instructions(ServerForm.Read(text), null);
        if (text.StartsWith("#cloud-config", StringComparison.Ordinal)) return ReadCloudConfig(text);
        return IsStandalone(text)
            ? new Instructions(null, StandaloneReader.Read(StrictYamlReader.Read(text)))
            : throw new AgentException(
                AgentExitCode.UserData,
                "The user data has no form that this program can read. The forms are: 1|endpoint|key|secret, YAML that begins with "
                + $"audrey: 1, and #cloud-config with a section {Section}.");
    }

    /// <summary>If the section is a string, it has the form of 2012. If it is a mapping, it has the standalone form.</summary>
    private static Instructions ReadCloudConfig(string text) => CloudConfigSection.Find(text, Section) switch
    {
        TypedScalar { Kind: ScalarKind.Text } server => new Instructions(ServerForm.Read(server.Text.Trim()), null),
        TypedMap standalone => new Instructions(null, StandaloneReader.Read(standalone)),
        null => throw new AgentException(AgentExitCode.UserData, $"The user data is #cloud-config without a section {Section}."),
        var other => throw StrictYamlException.At(other, $"{Section} is neither a string nor a mapping"),
    };

    private static bool IsStandalone(string text) => text.Split('\n').Any(line =>
        line.StartsWith("audrey:", StringComparison.Ordinal)
        || line.StartsWith("\"audrey\":", StringComparison.Ordinal) || line.StartsWith('{'));
}
