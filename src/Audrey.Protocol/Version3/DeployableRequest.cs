namespace Audrey.Protocol.Version3;

/// <summary>A whole deployable, to be registered: all of it or nothing. Sent again it goes on where it was, or changes nothing.</summary>
public sealed record DeployableRequest
{
    /// <summary>Its name, for people.</summary>
    public string? Name { get; init; }

    /// <summary>How long it may take to complete, from its registration on; its status says when that has passed. Left out: as long as it likes.</summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>Its instances.</summary>
    public IReadOnlyList<InstanceRequest>? Instances { get; init; }
}

/// <summary>One instance to be registered.</summary>
public sealed record InstanceRequest
{
    /// <summary>Its UUID.</summary>
    public string? Id { get; init; }

    /// <summary>The assembly that it is launched from.</summary>
    public string? Assembly { get; init; }

    /// <summary>Its place in its group, from 0; left out when its assembly is no group.</summary>
    public int? Ordinal { get; init; }

    /// <summary>The secret that its guest is given.</summary>
    public string? Secret { get; init; }

    /// <summary>Free text that says what kind of instance it is.</summary>
    public string? Type { get; init; }

    /// <summary>The template that it is launched from.</summary>
    public string? Template { get; init; }

    /// <summary>The values that its guest is to give.</summary>
    public IReadOnlyList<ProvideRequest>? Provide { get; init; }

    /// <summary>Its services, in order.</summary>
    public IReadOnlyList<ServiceConfigRequest>? Services { get; init; }

    /// <summary>Names it and shows nothing that it holds: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(InstanceRequest)} {Id}";
}

/// <summary>A value that a guest is to give.</summary>
public sealed record ProvideRequest
{
    /// <summary>The parameter's name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it must be shown to nobody but those that need it.</summary>
    public bool? Secret { get; init; }
}

/// <summary>One service to be registered.</summary>
public sealed record ServiceConfigRequest
{
    /// <summary>The service's name.</summary>
    public string? Name { get; init; }

    /// <summary>Puppet classes, for a service that puppet configures.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>What configures it.</summary>
    public SourceRequest? Executable { get; init; }

    /// <summary>Files that accompany the executable.</summary>
    public IReadOnlyList<SourceRequest>? Files { get; init; }

    /// <summary>The values that it needs.</summary>
    public IReadOnlyList<ParameterRequest>? Parameters { get; init; }
}

/// <summary>A file, inline or by URL.</summary>
public sealed record SourceRequest
{
    /// <summary>Where the server fetches it.</summary>
    public string? Url { get; init; }

    /// <summary>Its name in the tarball; without one it is taken from the URL.</summary>
    public string? FileName { get; init; }

    /// <summary>Its text.</summary>
    public string? Contents { get; init; }

    /// <summary>Names it and does not show its text: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(SourceRequest)} {FileName}";
}

/// <summary>A value that a service needs: given, or got from other instances.</summary>
public sealed record ParameterRequest
{
    /// <summary>The parameter's name.</summary>
    public string? Name { get; init; }

    /// <summary>The given value.</summary>
    public string? Value { get; init; }

    /// <summary>The given value in base64, in place of <c>value</c> when it is no text.</summary>
    public string? Base64 { get; init; }

    /// <summary>Where the value comes from.</summary>
    public SourceOfValue? From { get; init; }

    /// <summary>What stands in for <c>from</c> until its value is there; left out: the service waits for it.</summary>
    public string? Default { get; init; }

    /// <summary>The same in base64, in place of <c>default</c> when it is no text.</summary>
    public string? DefaultBase64 { get; init; }

    /// <summary><c>text</c> (when left out), <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether the value must be shown to nobody but the guest.</summary>
    public bool? Secret { get; init; }

    /// <summary>Names it and does not show its value: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(ParameterRequest)} {Name}";
}

/// <summary>
/// Where a value comes from: one of <c>instance</c> and <c>group</c>, and one of <c>parameter</c> and
/// <c>service</c>.
/// </summary>
public sealed record SourceOfValue
{
    /// <summary>UUID of the instance that gives it.</summary>
    public string? Instance { get; init; }

    /// <summary>The assembly whose instances give it: the value is the list of theirs, in the order of the group.</summary>
    public string? Group { get; init; }

    /// <summary>UUIDs of the group's instances in their order; left out: those of the request that have the assembly and an ordinal.</summary>
    public IReadOnlyList<string>? Instances { get; init; }

    /// <summary>Of a group: the values of the first so many instances that have given one; left out: of all.</summary>
    public int? First { get; init; }

    /// <summary>Of a group: how many values must be there; left out: <c>first</c>, or one of every instance.</summary>
    public int? AtLeast { get; init; }

    /// <summary>A value that the guest gives.</summary>
    public string? Parameter { get; init; }

    /// <summary>The end of one of the services.</summary>
    public string? Service { get; init; }
}
