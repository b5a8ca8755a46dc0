namespace Audrey.Agent.ConfigServer;

/// <summary>Limits and settings for requests to the config server.</summary>
internal sealed record ConfigServerOptions
{
    /// <summary>The maximum time of a request, until the last byte of its answer.</summary>
    public TimeSpan MaxRequestTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The maximum time for the download of the tarball.</summary>
    public TimeSpan MaxTarballTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The maximum size of an answer other than the tarball. No guest should get more than 1024 values of 64 KiB.</summary>
    public int MaxAnswerBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The maximum size of the compressed tarball.</summary>
    public int MaxTarballBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The longest Retry-After that the guest follows. A wrong clock on the server must not keep this instance away for years.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A PEM file with the certificates to trust. Null for the certificates that the system trusts.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The certificates to trust, in PEM, if <see cref="CaBundle"/> names no file. Null for those of the system.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>The only protocol version to use. Null for the highest version that the server and the connection allow.</summary>
    public int? Version { get; init; }

    /// <summary>Whether the secret may be sent to another machine over plain http, as version 3 requires.</summary>
    public bool BasicWithoutTls { get; init; }
}
