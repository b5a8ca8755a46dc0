namespace Audrey.Agent.Tarballs;

/// <summary>Bounds of what is unpacked; those of the server are smaller or equal.</summary>
internal sealed record TarballLimits
{
    /// <summary>Most bytes when decompressed, headers included.</summary>
    public long MaxUnpackedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Most bytes of a file.</summary>
    public long MaxFileBytes { get; init; } = 64L * 1024 * 1024;

    public int MaxEntries { get; init; } = 8192;

    /// <summary>Deepest path, in segments.</summary>
    public int MaxDepth { get; init; } = 16;

    /// <summary>Longest data of an extended header (a long name, pax attributes), in bytes.</summary>
    public int MaxExtendedBytes { get; init; } = 16 * 1024;
}
