using Audrey.Agent.Stages.Discover.Sources;

namespace Audrey.Agent.Stages.Discover;

/// <summary>The location of the user data. If neither the text nor the file is set, the sources are searched.</summary>
internal sealed record UserDataRequest
{
    /// <summary>The user data itself.</summary>
    public string? Text { get; init; }

    /// <summary>The file with the user data.</summary>
    public string? File { get; init; }

    /// <summary>The names of the sources to search. If no names are given, every source is searched.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The metadata service of the cloud.</summary>
    public Uri Metadata { get; init; } = MetadataHttp.LinkLocal;
}
