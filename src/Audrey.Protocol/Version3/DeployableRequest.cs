namespace Audrey.Protocol.Version3;

/// <summary>
/// Registers a whole deployable or nothing of it. Sent again, it continues an unfinished registration or changes nothing.
/// </summary>
public sealed record DeployableRequest
{
    /// <summary>Its name, for human readers.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The time in which it must complete, counted from its registration. Its status says when the time has passed. If omitted, there is no
    /// deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>Its instances.</summary>
    public IReadOnlyList<InstanceRequest>? Instances { get; init; }
}

/// <summary>An instance to be registered.</summary>
public sealed record InstanceRequest
{
    /// <summary>Its UUID.</summary>
    public string? Id { get; init; }

    /// <summary>The assembly that it is launched from.</summary>
    public string? Assembly { get; init; }

    /// <summary>Its index in its group, from 0. Omitted if its assembly is not a group.</summary>
    public int? Ordinal { get; init; }

    /// <summary>The secret that its guest receives.</summary>
    public string? Secret { get; init; }

    /// <summary>The kind of the instance, as free text.</summary>
    public string? Type { get; init; }

    /// <summary>The template that it is launched from.</summary>
    public string? Template { get; init; }

    /// <summary>The values that its guest must give.</summary>
    public IReadOnlyList<ProvideRequest>? Provide { get; init; }

    /// <summary>Its services, in order.</summary>
    public IReadOnlyList<ServiceConfigRequest>? Services { get; init; }

    /// <summary>Returns only the UUID and no other content, because the text may be logged.</summary>
    public override string ToString() => $"{nameof(InstanceRequest)} {Id}";
}

/// <summary>A value that a guest must give.</summary>
public sealed record ProvideRequest
{
    /// <summary>The name of the parameter.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the value is a secret. Only those who need it may see it.</summary>
    public bool? Secret { get; init; }
}

/// <summary>A service to be registered.</summary>
public sealed record ServiceConfigRequest
{
    /// <summary>The name of the service.</summary>
    public string? Name { get; init; }

    /// <summary>The Puppet classes, for a service that Puppet configures.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The executable that configures it.</summary>
    public SourceRequest? Executable { get; init; }

    /// <summary>The files that accompany the executable.</summary>
    public IReadOnlyList<SourceRequest>? Files { get; init; }

    /// <summary>The values that the service requires.</summary>
    public IReadOnlyList<ParameterRequest>? Parameters { get; init; }
}

/// <summary>A file, inline or by URL.</summary>
public sealed record SourceRequest
{
    /// <summary>The URL from which the server downloads it.</summary>
    public string? Url { get; init; }

    /// <summary>Its name in the tarball. If omitted, the name is taken from the URL.</summary>
    public string? FileName { get; init; }

    /// <summary>Its text.</summary>
    public string? Contents { get; init; }

    /// <summary>Returns the name without the text, because the result may be logged.</summary>
    public override string ToString() => $"{nameof(SourceRequest)} {FileName}";
}

/// <summary>A value that a service requires. It is given in the request or comes from other instances.</summary>
public sealed record ParameterRequest
{
    /// <summary>The name of the parameter.</summary>
    public string? Name { get; init; }

    /// <summary>The given value.</summary>
    public string? Value { get; init; }

    /// <summary>The given value in base64, instead of <c>value</c> if it is not text.</summary>
    public string? Base64 { get; init; }

    /// <summary>The source of the value.</summary>
    public SourceOfValue? From { get; init; }

    /// <summary>The value to use until the value of <c>from</c> is known. If omitted, the service waits.</summary>
    public string? Default { get; init; }

    /// <summary>The default in base64, instead of <c>default</c> if it is not text.</summary>
    public string? DefaultBase64 { get; init; }

    /// <summary><c>text</c> (the default), <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether the value is a secret. Only the guest may see it.</summary>
    public bool? Secret { get; init; }

    /// <summary>Returns the name without the value, because the text may be logged.</summary>
    public override string ToString() => $"{nameof(ParameterRequest)} {Name}";
}

/// <summary>
/// The source of a value. It has either <c>instance</c> or <c>group</c>, and either <c>parameter</c> or <c>service</c>.
/// </summary>
public sealed record SourceOfValue
{
    /// <summary>The UUID of the instance that gives it.</summary>
    public string? Instance { get; init; }

    /// <summary>The assembly whose instances give it. The value is the list of their values, in the order of the group.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// The UUIDs of the group's instances in order. If omitted, the instances of the request that have this assembly and an ordinal.
    /// </summary>
    public IReadOnlyList<string>? Instances { get; init; }

    /// <summary>For a group: how many of its instances to take values from, in order. If omitted, all.</summary>
    public int? First { get; init; }

    /// <summary>For a group: how many values are required. If omitted, <c>first</c>, or one from every instance.</summary>
    public int? AtLeast { get; init; }

    /// <summary>The name of a parameter that the guest provides.</summary>
    public string? Parameter { get; init; }

    /// <summary>The name of a service whose end is the value.</summary>
    public string? Service { get; init; }
}
