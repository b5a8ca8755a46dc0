namespace Audrey.Protocol.Version3;

/// <summary>The data about its instance that a guest receives with its first call.</summary>
public sealed record Hello
{
    /// <summary>
    /// The number of this registration of the instance. It rises when the instance is registered again. Every PUT must contain this number.
    /// </summary>
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

    /// <summary>The URL of the message bus. Null if there is none that the guest can reach.</summary>
    public string? Bus { get; init; }

    /// <summary>The form of the addresses at the bus: <c>audrey</c>, <c>rabbitmq</c> or <c>qpidd</c>. Null if there is no bus.</summary>
    public string? BusBroker { get; init; }

    /// <summary>The current revision of the configuration.</summary>
    public required string Revision { get; init; }

    /// <summary>Whether every service has all its values.</summary>
    public required bool Complete { get; init; }

    /// <summary>The configuration revision that the guest has applied. Null if the guest has reported none.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>The revision of the last accepted values. The next PUT must have a higher revision. 0 if no values were accepted.</summary>
    public required long ValuesRevision { get; init; }

    /// <summary>The number of seconds after which the guest should call next.</summary>
    public required double NextCallSeconds { get; init; }

    /// <summary>The maximum duration of a long poll, in seconds.</summary>
    public required int MaxWaitSeconds { get; init; }
}

/// <summary>A value that the guest must give.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Given">Whether the guest has given the value.</param>
/// <param name="Secret">Whether the value is a secret. Only the instances that need a secret value receive it.</param>
/// <param name="Fact">The fact of the machine that is the value, in the form <c>CLASS.PROPERTY</c>. Null if the conductor names
/// none.</param>
public sealed record ProvidedParameter(string Name, bool Given, bool Secret, string? Fact = null);

/// <summary>A service and its state.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Engine">The engine that configures the service: <c>executable</c> (the file <c>start</c> in the tarball) or <c>puppet</c>
/// (the service's classes).</param>
/// <param name="State"><c>waiting</c>, <c>started</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Run">The highest run number that the guest has reported. 0 if the guest has reported no run.</param>
public sealed record ServiceState(string Name, string Engine, string State, long Run);

/// <summary>The description of a tarball, which a guest can use before it downloads the tarball.</summary>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal. The digest is also the entity tag.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record TarballInfo(string Sha256, long Bytes);

/// <summary>The message bus of the server.</summary>
/// <param name="Url">The URL of the bus. Null if there is none that the sender of the request can reach.</param>
/// <param name="Broker">The form of the addresses: <c>audrey</c>, <c>rabbitmq</c> or <c>qpidd</c>. Null if there is no bus.</param>
public sealed record BusInfo(string? Url, string? Broker);
