using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The requests that named an instance and had a wrong secret, in the instance's current generation.</summary>
/// <param name="Count">The number of requests.</param>
/// <param name="Since">The time of the first of them.</param>
[GenerateSerializer, Immutable, Alias("audrey.WrongSecretCount")]
public sealed record WrongSecretCount([property: Id(0)] long Count, [property: Id(1)] DateTimeOffset Since)
{
    /// <summary>Returns the sum of two counts. Null counts as no request.</summary>
    public static WrongSecretCount? Sum(WrongSecretCount? one, WrongSecretCount? other) =>
        one is null ? other
        : other is null ? one
        : new(one.Count + other.Count, one.Since < other.Since ? one.Since : other.Since);
}
