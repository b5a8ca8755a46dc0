namespace Audrey.Core.Deployables.Yaml;

/// <summary>
/// The JSON Schema of the YAML format, by which editors check and complete documents while they are written. The schema describes the
/// structure. <c>DeployableFiles.Read</c> also checks what a schema cannot express, such as references and cycles.
/// </summary>
public static class DeployableSchema
{
    /// <summary>The path at which every server serves the schema. It contains the version of the format.</summary>
    public const string Path = "/schemas/deployable-1.json";

    /// <summary>The address of the schema on a server that runs on the same machine with the default port.</summary>
    public const string OnThisMachine = "http://127.0.0.1:4567" + Path;

    private const string ResourceName = "Audrey.Core.Deployables.Yaml.deployable-1.schema.json";

    private static readonly Lazy<byte[]> Resource = new(Read);

    /// <summary>Gets the schema as JSON in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Utf8 => Resource.Value;

    /// <summary>
    /// Returns the comment that names the schema of a document, without a line break. It must be the first line of the document.
    /// </summary>
    /// <param name="address">The URL of the schema, or a path relative to the document.</param>
    /// <exception cref="ArgumentException">The address is empty, or contains white space or a control character.</exception>
    public static string CommentFor(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (address.Any(each => char.IsControl(each) || char.IsWhiteSpace(each)))
            throw new ArgumentException("The address of a schema has no white space; write %20 for a space.", nameof(address));
        return $"# yaml-language-server: $schema={address}";
    }

    /// <summary>Returns the address of the schema on a server.</summary>
    /// <param name="server">The URL of the server, which can have a path.</param>
    public static string AddressOn(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server.GetLeftPart(UriPartial.Path).TrimEnd('/') + Path;
    }

    private static byte[] Read()
    {
        using var stream = typeof(DeployableSchema).Assembly.GetManifestResourceStream(ResourceName)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
