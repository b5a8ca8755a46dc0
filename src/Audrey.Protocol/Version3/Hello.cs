namespace Audrey.Protocol.Version3;

/// <summary>What a guest learns about its instance with its first call.</summary>
public sealed record Hello
{
    /// <summary>The number of this registration. It rises when the instance is registered again. Every PUT names it.</summary>
    public required long Generation { get; init; }

    /// <summary>The assembly that the instance was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    public required string Deployable { get; init; }

    /// <summary>The values that the guest must give.</summary>
    public required IReadOnlyList<ProvidedParameter> Provide { get; init; }

    /// <summary>The services that the guest must run, in order.</summary>
    public required IReadOnlyList<ServiceState> Services { get; init; }

    /// <summary>The tarball of the services' executables and files. Null if there is none.</summary>
    public TarballInfo? Tarball { get; init; }

    /// <summary>The current revision of the configuration.</summary>
    public required string Revision { get; init; }

    /// <summary>Whether every service has every value.</summary>
    public required bool Complete { get; init; }

    /// <summary>The revision that the guest has reported as applied. Null if none.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>The revision of the last accepted values. The next PUT must have a higher one. 0 if no values were accepted.</summary>
    public required long ValuesRevision { get; init; }

    /// <summary>The number of seconds after which the guest should call next.</summary>
    public required double NextCallSeconds { get; init; }

    /// <summary>The maximum duration of a long poll, in seconds.</summary>
    public required int MaxWaitSeconds { get; init; }
}

/// <summary>A value that the guest must give.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Given">Whether the guest has given it.</param>
/// <param name="Secret">Whether the value is a secret. Only those who need it may see it.</param>
public sealed record ProvidedParameter(string Name, bool Given, bool Secret);

/// <summary>A service and its state.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Engine">What configures it: <c>executable</c> (its <c>start</c> in the tarball) or <c>puppet</c> (its classes).</param>
/// <param name="State"><c>waiting</c>, <c>started</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Run">The highest run that the guest has reported. 0 if none.</param>
public sealed record ServiceState(string Name, string Engine, string State, long Run);

/// <summary>What is known about a tarball before it is downloaded.</summary>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal. It is also the entity tag.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record TarballInfo(string Sha256, long Bytes);
