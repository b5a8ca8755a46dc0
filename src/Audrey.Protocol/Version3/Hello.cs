namespace Audrey.Protocol.Version3;

/// <summary>What a guest learns of its instance with its first call.</summary>
public sealed record Hello
{
    /// <summary>Which registration this is: raised when the instance is registered anew. Every PUT names it.</summary>
    public required long Generation { get; init; }

    /// <summary>The assembly that the instance was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    public required string Deployable { get; init; }

    /// <summary>The values that the guest is to give.</summary>
    public required IReadOnlyList<ProvidedParameter> Provide { get; init; }

    /// <summary>The services that the guest is to run, in order.</summary>
    public required IReadOnlyList<ServiceState> Services { get; init; }

    /// <summary>The tarball of the services' executables and files; null when there is none.</summary>
    public TarballInfo? Tarball { get; init; }

    /// <summary>The configuration's revision now.</summary>
    public required string Revision { get; init; }

    /// <summary>Whether every service has every value.</summary>
    public required bool Complete { get; init; }

    /// <summary>The revision that the guest has said it applied; null: none.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>The revision of the last values taken; the next PUT's is to be higher. 0: none were.</summary>
    public required long ValuesRevision { get; init; }

    /// <summary>Seconds after which to call next.</summary>
    public required double NextCallSeconds { get; init; }

    /// <summary>The longest wait that the server grants, in seconds.</summary>
    public required int MaxWaitSeconds { get; init; }
}

/// <summary>A value that the guest is to give.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Given">Whether the guest has given it.</param>
/// <param name="Secret">Whether it must be shown to nobody but those that need it.</param>
public sealed record ProvidedParameter(string Name, bool Given, bool Secret);

/// <summary>A service and how far it is.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Engine">What configures it: <c>executable</c> (its <c>start</c> in the tarball) or <c>puppet</c> (its classes).</param>
/// <param name="State"><c>waiting</c>, <c>started</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Run">The highest run that the guest has told of; 0: none.</param>
public sealed record ServiceState(string Name, string Engine, string State, long Run);

/// <summary>What is known of a tarball before it is fetched.</summary>
/// <param name="Sha256">SHA-256 of the file in lower-case hexadecimal; also its entity tag.</param>
/// <param name="Bytes">Its size.</param>
public sealed record TarballInfo(string Sha256, long Bytes);
