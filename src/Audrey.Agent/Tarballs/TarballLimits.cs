namespace Audrey.Agent.Tarballs;

/// <summary>Limits for unpacking. The server's limits are smaller or equal.</summary>
internal sealed record TarballLimits
{
    /// <summary>The maximum size when decompressed, including headers.</summary>
    public long MaxUnpackedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The maximum size of a file.</summary>
    public long MaxFileBytes { get; init; } = 64L * 1024 * 1024;

    public int MaxEntries { get; init; } = 8192;

    /// <summary>The maximum number of segments in a path.</summary>
    public int MaxDepth { get; init; } = 16;

    /// <summary>The maximum size of an extended header (a long name or pax attributes).</summary>
    public int MaxExtendedBytes { get; init; } = 16 * 1024;
}
