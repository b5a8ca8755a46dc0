namespace Audrey.Protocol.Version3;

/// <summary>A whole deployable, to be registered. What is registered already is replaced, and begins anew.</summary>
public sealed record DeployableRequest
{
    /// <summary>Its name, for people.</summary>
    public string? Name { get; init; }

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

    /// <summary>The secret that its guest is given.</summary>
    public string? Secret { get; init; }

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

/// <summary>A value that a service needs: given, or got from another instance.</summary>
public sealed record ParameterRequest
{
    /// <summary>The parameter's name.</summary>
    public string? Name { get; init; }

    /// <summary>The given value.</summary>
    public string? Value { get; init; }

    /// <summary>Where the value comes from.</summary>
    public SourceOfValue? From { get; init; }

    /// <summary><c>text</c> (when left out), <c>integer</c>, <c>boolean</c> or <c>list</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether the value must be shown to nobody but the guest.</summary>
    public bool? Secret { get; init; }

    /// <summary>Names it and does not show its value: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(ParameterRequest)} {Name}";
}

/// <summary>Where a value comes from: one of <see cref="Parameter"/> and <see cref="Service"/>.</summary>
public sealed record SourceOfValue
{
    /// <summary>UUID of the instance that gives it.</summary>
    public string? Instance { get; init; }

    /// <summary>A value that this instance's guest gives.</summary>
    public string? Parameter { get; init; }

    /// <summary>The end of one of its services.</summary>
    public string? Service { get; init; }
}
