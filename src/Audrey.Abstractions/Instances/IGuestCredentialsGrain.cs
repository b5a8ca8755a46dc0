using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// Reads guests' credentials from the storage. The instances are not activated, so an id that no instance has costs no memory. The grain is
/// stateless and runs on the silo of the caller. The grain's key is always 0.
/// </summary>
[Alias("audrey.IGuestCredentialsGrain")]
public interface IGuestCredentialsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Returns the credential of an instance, or null if no such instance is registered. A registration that was acknowledged before the
    /// call is seen.
    /// </summary>
    [Alias("Find")]
    ValueTask<InstanceCredential?> Find(InstanceId id);
}
