using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Agent.Standalone;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Stages.Discover;

/// <summary>The contents of the user data: the address of a server, or a whole configuration.</summary>
/// <param name="Server">The server. Null if there is a configuration.</param>
/// <param name="Standalone">The configuration. Null if there is a server.</param>
/// <param name="CaCertificates">The certificate authorities of the server, in PEM. Null if the user data has none.</param>
internal sealed record Instructions(ServerAccess? Server, StandaloneConfig? Standalone, string? CaCertificates = null)
{
    private const string Section = "audrey-instance-config";
    private const string CloudConfig = "#cloud-config";
    private const string Archive = "#cloud-config-archive";
    private const string TemplateHeader = "## template: jinja";
    private const int MaxDepth = 4;

    /// <summary>The types of parts in which cloud-init looks at the first line of the text.</summary>
    private static readonly string[] TypesByFirstLine =
    [
        "text/plain", "text/x-not-multipart", "application/gzip", "application/x-gzip", "application/gzip-compressed",
        "application/gzipped", "application/x-compress", "application/x-compressed",
    ];

    /// <summary>The first lines of parts that only cloud-init reads.</summary>
    private static readonly string[] ForeignFirstLines = ["#!", "#cloud-boothook", "#include", "#part-handler", "#upstart-job"];

    /// <summary>Reads user data of any form.</summary>
    /// <exception cref="AgentException">The user data cannot be read.</exception>
    public static Instructions Read(byte[] data)
    {
        try
        {
            var text = UserDataText.Decode(data);
            return Find(text, "text/plain", 0) ?? throw new AgentException(AgentExitCode.UserData, Explain(text));
        }
        catch (StrictYamlException problem)
        {
            throw new AgentException(AgentExitCode.UserData, $"The user data is wrong: {problem.Message}.", problem);
        }
        catch (UserDataException problem)
        {
            throw new AgentException(AgentExitCode.UserData, problem.Message, problem);
        }
    }

    /// <summary>Returns whether the user data has instructions that this program can read.</summary>
    public static bool CanRead(byte[] data)
    {
        try
        {
            _ = Read(data);
            return true;
        }
        catch (AgentException)
        {
            return false;
        }
    }

    /// <summary>
    /// Returns the instructions in a text, which can consist of parts. If several parts have instructions, the last ones count, as in
    /// cloud-init. Null if there are none.
    /// </summary>
    private static Instructions? Find(string text, string type, int depth)
    {
        if (depth > MaxDepth)
            throw new AgentException(AgentExitCode.UserData, $"The user data has parts that are nested more than {MaxDepth} levels deep.");
        if (depth == 0 && MimeMessage.IsLikely(text)) return FindInParts(MimeMessage.ReadParts(text), depth);
        var isTemplate = text.StartsWith(TemplateHeader, StringComparison.OrdinalIgnoreCase);
        // The first line of a template becomes an empty line, so that the line numbers in messages are correct.
        var firstLine = isTemplate ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimStart() : text;
        if (isTemplate && text.Contains('\n', StringComparison.Ordinal)) text = text[text.IndexOf('\n', StringComparison.Ordinal)..];
        if (type == "text/cloud-config-archive" || firstLine.StartsWith(Archive, StringComparison.OrdinalIgnoreCase))
            return FindInArchive(text, depth);
        if (type is "text/cloud-config" || IsCloudConfig(firstLine)) return ReadCloudConfig(text, isTemplate, depth);
        if (!TypesByFirstLine.Contains(type) || ForeignFirstLines.Any(line => text.StartsWith(line, StringComparison.Ordinal))) return null;
        if (ServerForm.IsLikely(text)) return new Instructions(ServerForm.Read(text.Trim()), null);
        return IsStandalone(text) ? new Instructions(null, StandaloneReader.Read(StrictYamlReader.Read(text))) : null;
    }

    private static bool IsCloudConfig(string text) =>
        text.StartsWith(CloudConfig, StringComparison.OrdinalIgnoreCase)
        && !text.StartsWith("#cloud-config-jsonp", StringComparison.OrdinalIgnoreCase);

    private static Instructions? FindInParts(IReadOnlyList<MimeMessage> parts, int depth)
    {
        Instructions? found = null;
        for (var i = 0; i < parts.Count; i++)
        {
            var type = parts[i].Type;
            if (!IsRead(type) || parts[i].Decode() is not { Length: > 0 } data) continue;
            found = FindInPart(data, type, $"part {i + 1} of the user data ({type})", depth) ?? found;
        }

        return found;
    }

    private static Instructions? FindInPart(byte[] data, string type, string name, int depth)
    {
        if (data.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return null;
        try
        {
            return Find(UserDataText.Decode(data), type, depth + 1);
        }
        catch (StrictYamlException problem)
        {
            throw new StrictYamlException($"{name}, {problem.Message}", problem);
        }
        catch (UserDataException problem)
        {
            throw problem.In(name);
        }
    }

    /// <summary>An archive is a list of parts. A part is a text, or a mapping with a text and its type.</summary>
    private static Instructions? FindInArchive(string text, int depth)
    {
        if (StrictYamlReader.ReadAny(text) is not TypedList list) return null;
        Instructions? found = null;
        foreach (var item in list.Items)
        {
            var (content, type) = item is TypedMap map
                ? (map["content"] as TypedScalar, (map["type"] as TypedScalar)?.Text ?? "text/plain")
                : (item as TypedScalar, "text/plain");
            if (content is not null && IsRead(type))
                found = FindInPart(Encoding.UTF8.GetBytes(content.Text), type, $"the part at line {item.Line}", depth) ?? found;
        }

        return found;
    }

    private static bool IsRead(string type) =>
        type is "text/cloud-config" or "text/cloud-config-archive" or "text/jinja2" || TypesByFirstLine.Contains(type);

    /// <summary>
    /// A cloud-config can have instructions as a file that cloud-init stores for this program, or as a section. After cloud-init, the file
    /// is the first source of user data, so it takes precedence here as well.
    /// </summary>
    private static Instructions? ReadCloudConfig(string text, bool isTemplate, int depth)
    {
        var files = StoredFiles.Read(text, isTemplate);
        var found = files.UserData is { } data ? FindInPart(data, "text/plain", $"the file {KnownSources.StoredUserData}", depth) : null;
        found ??= ReadSection(text, isTemplate);
        return found is not null && files.CaCertificates is { } authorities ? found with { CaCertificates = authorities } : found;
    }

    /// <summary>If the section is a string, it has the form of 2012. If the section is a mapping, it has the standalone form.</summary>
    private static Instructions? ReadSection(string text, bool isTemplate) => CloudConfigSection.Find(text, Section, isTemplate) switch
    {
        TypedScalar { Kind: ScalarKind.Text } server => new Instructions(ServerForm.Read(server.Text.Trim()), null),
        TypedMap standalone => new Instructions(null, StandaloneReader.Read(standalone)),
        null => null,
        var other => throw StrictYamlException.At(other, $"{Section} is neither a string nor a mapping"),
    };

    private static bool IsStandalone(string text) => text.Split('\n').Any(line =>
        line.StartsWith("audrey:", StringComparison.Ordinal)
        || line.StartsWith("\"audrey\":", StringComparison.Ordinal) || line.StartsWith('{'));

    /// <summary>Describes user data without instructions.</summary>
    private static string Explain(string text)
    {
        if (MimeMessage.IsLikely(text))
            return $"The user data is multipart, and no part has a section {Section}. The parts are: "
                + $"{string.Join(", ", MimeMessage.ReadParts(text).Select(part => part.Type))}.";
        return text.Contains(CloudConfig, StringComparison.OrdinalIgnoreCase)
            ? $"The user data is #cloud-config without a section {Section}."
            : "The user data has no form that this program can read. The forms are: 1|endpoint|key|secret, YAML that begins with "
                + $"audrey: 1, and #cloud-config with a section {Section}.";
    }
}
