namespace Audrey.Protocol.Version3;

/// <summary>The answer to the registration of a deployable.</summary>
public sealed record DeployableAnswer
{
    /// <summary>The number of instances that are registered, by this request or before.</summary>
    public required int Instances { get; init; }

    /// <summary>What is allowed but may be a mistake, such as a reference to an instance that is not in the request.</summary>
    public required IReadOnlyList<Fault> Warnings { get; init; }
}

/// <summary>Scales a group.</summary>
public sealed record GroupRequest
{
    /// <summary>The number of instances that the group must have, at least 1.</summary>
    public int? Size { get; init; }
}

/// <summary>The result of scaling a group. A repeated request has the same result.</summary>
public sealed record GroupAnswer
{
    /// <summary>The assembly of the group.</summary>
    public required string Group { get; init; }

    /// <summary>The number of instances in the group.</summary>
    public required int Size { get; init; }

    /// <summary>The instances that the scaling added. Boot a guest for each.</summary>
    public required IReadOnlyList<NewInstance> Added { get; init; }

    /// <summary>The UUIDs of the instances that the scaling removed. Their credentials are not valid any more.</summary>
    public required IReadOnlyList<string> Removed { get; init; }
}

/// <summary>An instance that was added to a group.</summary>
public sealed record NewInstance
{
    /// <summary>Its UUID.</summary>
    public required string Id { get; init; }

    /// <summary>Its assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>Its index in the group, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The secret for its guest.</summary>
    public required string Secret { get; init; }

    /// <summary>Returns the UUID without the secret, because the text may be logged.</summary>
    public override string ToString() => $"{nameof(NewInstance)} {Id}";
}

/// <summary>Sets the secret of an instance. If it differs from the current secret, the instance is replaced.</summary>
public sealed record ReplaceRequest
{
    /// <summary>The secret of the new guest. The old secret is refused from now on.</summary>
    public string? Secret { get; init; }

    /// <summary>Returns the name of the type without the secret, because the text may be logged.</summary>
    public override string ToString() => nameof(ReplaceRequest);
}
