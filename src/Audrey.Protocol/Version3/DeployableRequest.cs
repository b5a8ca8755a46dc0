namespace Audrey.Protocol.Version3;

/// <summary>
/// A request to register a deployable. Either all its instances are registered or none. If the same request is sent again, it continues an
/// unfinished registration or changes nothing.
/// </summary>
public sealed record DeployableRequest
{
    /// <summary>The name of the deployable, for human readers.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The time within which the deployable must become complete, counted from its registration. The status of the deployable shows whether
    /// this time has passed. If omitted, there is no deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>The instances of the deployable.</summary>
    public IReadOnlyList<InstanceRequest>? Instances { get; init; }
}

/// <summary>An instance to be registered.</summary>
public sealed record InstanceRequest
{
    /// <summary>The UUID of the instance. A prototype has one as well, that no instance has.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// Whether this is the prototype of a group that is empty: the definition that the members are copies of when the group grows. A
    /// prototype has no ordinal and no secret, and it is not an instance of the deployable.
    /// </summary>
    public bool? Prototype { get; init; }

    /// <summary>The assembly that the instance is launched from.</summary>
    public string? Assembly { get; init; }

    /// <summary>The index of the instance in its group, from 0. Omitted if the assembly is not a group.</summary>
    public int? Ordinal { get; init; }

    /// <summary>The secret that the instance's guest receives.</summary>
    public string? Secret { get; init; }

    /// <summary>The kind of the instance, as free text.</summary>
    public string? Type { get; init; }

    /// <summary>The template that the instance is launched from.</summary>
    public string? Template { get; init; }

    /// <summary>The values that the instance's guest must give.</summary>
    public IReadOnlyList<ProvideRequest>? Provide { get; init; }

    /// <summary>
    /// Whether the guest stays when all services have ended, and applies later changes of its configuration. If omitted, the guest stays if
    /// a service refers to a group.
    /// </summary>
    public bool? Stay { get; init; }

    /// <summary>The services of the instance, in order.</summary>
    public IReadOnlyList<ServiceConfigRequest>? Services { get; init; }

    /// <summary>Returns only the UUID and no other content, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(InstanceRequest)} {Id}";
}

/// <summary>A value that a guest must give.</summary>
public sealed record ProvideRequest
{
    /// <summary>The name of the parameter.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the value is a secret. Only the instances that need a secret value receive it.</summary>
    public bool? Secret { get; init; }

    /// <summary>
    /// The fact of the machine that is the value, in the form <c>CLASS.PROPERTY</c>, such as <c>Sysconfig.sshd-port</c>. If omitted, the
    /// fact of the same name in the class <c>Sysconfig</c> of the guest is the value, if there is one.
    /// </summary>
    public string? Fact { get; init; }
}

/// <summary>A service to be registered.</summary>
public sealed record ServiceConfigRequest
{
    /// <summary>The name of the service.</summary>
    public string? Name { get; init; }

    /// <summary>The Puppet classes, for a service that Puppet configures.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The executable that configures the service.</summary>
    public SourceRequest? Executable { get; init; }

    /// <summary>The files that accompany the executable.</summary>
    public IReadOnlyList<SourceRequest>? Files { get; init; }

    /// <summary>The values that the service requires.</summary>
    public IReadOnlyList<ParameterRequest>? Parameters { get; init; }
}

/// <summary>A file, inline or by URL.</summary>
public sealed record SourceRequest
{
    /// <summary>The URL from which the server downloads the file.</summary>
    public string? Url { get; init; }

    /// <summary>The name of the file in the tarball. If omitted, the name is taken from the URL.</summary>
    public string? FileName { get; init; }

    /// <summary>The content of the file, as text.</summary>
    public string? Contents { get; init; }

    /// <summary>Returns the name without the text, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(SourceRequest)} {FileName}";
}

/// <summary>A value that a service requires. The value is in the request or comes from other instances.</summary>
public sealed record ParameterRequest
{
    /// <summary>The name of the parameter.</summary>
    public string? Name { get; init; }

    /// <summary>The given value.</summary>
    public string? Value { get; init; }

    /// <summary>The given value in base64. Used instead of <c>value</c> if the value is not text.</summary>
    public string? Base64 { get; init; }

    /// <summary>The source of the value.</summary>
    public SourceOfValue? From { get; init; }

    /// <summary>The value to use until the value of <c>from</c> is known. If omitted, the service waits.</summary>
    public string? Default { get; init; }

    /// <summary>The default in base64. Used instead of <c>default</c> if the default is not text.</summary>
    public string? DefaultBase64 { get; init; }

    /// <summary><c>text</c> (the default), <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether the value is a secret. Only the guest is sent a secret value.</summary>
    public bool? Secret { get; init; }

    /// <summary>Returns the name without the value, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(ParameterRequest)} {Name}";
}

/// <summary>
/// The source of a value. The source has either <c>instance</c> or <c>group</c>, and either <c>parameter</c> or <c>service</c>.
/// </summary>
public sealed record SourceOfValue
{
    /// <summary>The UUID of the instance that provides the value.</summary>
    public string? Instance { get; init; }

    /// <summary>The assembly whose instances provide the value. The value is the list of their values, in the order of the group.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// The UUIDs of the group's instances in order. If omitted, the group consists of all instances in the request that have this assembly
    /// and an ordinal.
    /// </summary>
    public IReadOnlyList<string>? Instances { get; init; }

    /// <summary>
    /// For a group: the maximum number of values in the list, which come from the first instances that have given one. If omitted, the list
    /// has the values of all instances.
    /// </summary>
    public int? First { get; init; }

    /// <summary>
    /// For a group: the number of values that are required. If omitted, the number in <c>first</c> is used. If <c>first</c> is omitted too,
    /// a value from every instance is required.
    /// </summary>
    public int? AtLeast { get; init; }

    /// <summary>
    /// For a service: <c>stop</c> if the waiting service must not run while that service has failed, or <c>go-on</c> (the default).
    /// </summary>
    public string? OnFailed { get; init; }

    /// <summary>The name of a parameter that the guest provides.</summary>
    public string? Parameter { get; init; }

    /// <summary>The name of a service whose exit status is the value.</summary>
    public string? Service { get; init; }
}
