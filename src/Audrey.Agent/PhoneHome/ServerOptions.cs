namespace Audrey.Agent.PhoneHome;

/// <summary>Bounds of what is asked of the config server.</summary>
internal sealed record ServerOptions
{
    /// <summary>How long a request may take, its answer's last byte included.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for the tarball.</summary>
    public TimeSpan TarballLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most bytes of an answer but the tarball. A configuration of 1024 values of 64 KiB is more than a guest should be given.</summary>
    public int MaxAnswerBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most bytes of the tarball, compressed.</summary>
    public int MaxTarballBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest Retry-After that is obeyed: a wrong clock there must not keep this instance away for years.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A file of certificates in PEM that the server's must lead to; null for those that the system trusts.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The only version of the protocol to speak; null for the highest that the server and the connection allow.</summary>
    public int? Version { get; init; }

    /// <summary>Whether the secret may go over plain http to another machine, as version 3 needs it there.</summary>
    public bool BasicWithoutTls { get; init; }
}
