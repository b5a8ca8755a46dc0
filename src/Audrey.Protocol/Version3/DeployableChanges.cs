namespace Audrey.Protocol.Version3;

/// <summary>The answer to a deployable that is registered.</summary>
public sealed record DeployableAnswer
{
    /// <summary>How many instances were registered, now or before.</summary>
    public required int Instances { get; init; }

    /// <summary>What is legal and may be a mistake: references to instances that are not of the request.</summary>
    public required IReadOnlyList<Fault> Warnings { get; init; }
}

/// <summary>How many instances a group is to have.</summary>
public sealed record GroupRequest
{
    /// <summary>How many, at least 1.</summary>
    public int? Size { get; init; }
}

/// <summary>What the scaling of a group to its size did: the same when it is asked for again.</summary>
public sealed record GroupAnswer
{
    /// <summary>The group's assembly.</summary>
    public required string Group { get; init; }

    /// <summary>How many instances it has.</summary>
    public required int Size { get; init; }

    /// <summary>The instances that came with the scaling to this size: boot a guest for each.</summary>
    public required IReadOnlyList<NewInstance> Added { get; init; }

    /// <summary>UUIDs of the instances that went: their credentials have ended.</summary>
    public required IReadOnlyList<string> Removed { get; init; }
}

/// <summary>An instance that a group has grown by.</summary>
public sealed record NewInstance
{
    /// <summary>Its UUID.</summary>
    public required string Id { get; init; }

    /// <summary>Its assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>Its place in the group.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The secret that its guest is to be given.</summary>
    public required string Secret { get; init; }

    /// <summary>Names it and does not show its secret: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(NewInstance)} {Id}";
}

/// <summary>The secret that an instance is to have: with another one than it has, the instance is replaced.</summary>
public sealed record ReplaceRequest
{
    /// <summary>The secret that the new guest is given; the old one's is refused from then on.</summary>
    public string? Secret { get; init; }

    /// <summary>Does not show the secret: it may end up in a log.</summary>
    public override string ToString() => nameof(ReplaceRequest);
}
