using Audrey.Agent.Commands;
using Audrey.Agent.Standalone;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.UserData;

/// <summary>What user data tells: where the server is, or the whole configuration.</summary>
internal sealed record Instructions(ServerAccess? Server, StandaloneConfig? Standalone)
{
    private const string Section = "audrey-instance-config";

    /// <summary>Reads user data of any form.</summary>
    /// <exception cref="AgentException">It is not understood.</exception>
    public static Instructions Read(byte[] data)
    {
        try
        {
            return Read(UserDataText.Unwrap(data));
        }
        catch (YamlProblemException problem)
        {
            throw new AgentException(ExitCode.UserData, $"The user data, {problem.Message}.", problem);
        }
    }

    private static Instructions Read(string text)
    {
        if (ServerForm.IsLikely(text)) return new Instructions(ServerForm.Read(text), null);
        if (text.StartsWith("#cloud-config", StringComparison.Ordinal)) return OfCloudConfig(text);
        return IsStandalone(text)
            ? new Instructions(null, StandaloneReader.Read(YamlReader.Read(text)))
            : throw new AgentException(
                ExitCode.UserData,
                $"The user data is of no form that this program knows: 1|endpoint|key|secret, YAML that begins with audrey: 1, or #cloud-config with a section {Section}.");
    }

    /// <summary>A string in the section is the form of 2012; a mapping is the standalone form.</summary>
    private static Instructions OfCloudConfig(string text) => CloudConfigSection.Find(text, Section) switch
    {
        YamlScalar { Kind: ScalarKind.Text } server => new Instructions(ServerForm.Read(server.Text.Trim()), null),
        YamlMap standalone => new Instructions(null, StandaloneReader.Read(standalone)),
        null => throw new AgentException(ExitCode.UserData, $"The user data is #cloud-config without a section {Section}."),
        var other => throw YamlReader.Problem(other, $"{Section} is neither a string nor a mapping"),
    };

    private static bool IsStandalone(string text) => text
        .Split('\n')
        .Any(line => line.StartsWith("audrey:", StringComparison.Ordinal) || line.StartsWith("\"audrey\":", StringComparison.Ordinal) || line.StartsWith('{'));
}
