using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// The methods of an instance for guests of all protocol versions. The key is <see cref="GrainKeys.Of(Core.Ids.InstanceId)"/>. The same
/// grain also implements <see cref="IInstanceGrain"/>, <see cref="IMemberGrain"/> and <see cref="IProviderGrain"/>.
/// </summary>
[Alias("audrey.IGuestGrain")]
public interface IGuestGrain : IGrainWithStringKey
{
    /// <summary>
    /// Returns the credential that this guest's requests are verified against, or null if no such instance is registered.
    /// </summary>
    [AlwaysInterleave, Alias("GetCredential")]
    ValueTask<InstanceCredential?> GetCredential();

    /// <summary>Returns the configuration of all services, or of one, for a guest of versions 0 to 2.</summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="service">A service's name, or null for all services.</param>
    /// <returns>The configuration; its value is null if there is no such service.</returns>
    [AlwaysInterleave, Alias("GetConfiguration")]
    ValueTask<GuestResult<GuestAnswer>> GetConfiguration(GuestContact contact, string? service);

    /// <summary>Returns the provided parameters that have no value yet and, from version 2 on, the names of the services.</summary>
    [AlwaysInterleave, Alias("GetParameters")]
    ValueTask<GuestResult<GuestAnswer>> GetParameters(GuestContact contact);

    /// <summary>Returns the instance's tarball. It is empty if the instance was registered without files.</summary>
    [AlwaysInterleave, Alias("GetTarball")]
    ValueTask<GuestResult<Tarball>> GetTarball(GuestContact contact);

    /// <summary>
    /// Accepts values and exit statuses from a guest of versions 0 to 2. They are durable when this returns. Their push may still be under
    /// way.
    /// </summary>
    [Alias("Provide")]
    Task<GuestResult<GuestAnswer>> Provide(GuestContact contact, Provision provision);

    /// <summary>Returns the guest's instructions.</summary>
    [AlwaysInterleave, Alias("Hello")]
    ValueTask<GuestResult<HelloAnswer>> Hello(GuestContact contact);

    /// <summary>Records that the guest is alive.</summary>
    [AlwaysInterleave, Alias("Heartbeat")]
    ValueTask<GuestResult<CommandAnswer>> Heartbeat(GuestContact contact);

    /// <summary>
    /// Returns the configuration for a guest of version 3. If the guest already has the current revision, the answer has no body, and the
    /// subscriber is notified once when the revision changes.
    /// </summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="knownRevision">The configuration revision that the guest has, or null.</param>
    /// <param name="isFromGuest">True if the guest itself asks. False if its gateway asks again for a pending poll, which does not count as
    /// a contact.</param>
    /// <param name="subscriber">The gateway that has the pending poll, or null.</param>
    [AlwaysInterleave, Alias("Poll")]
    ValueTask<GuestResult<ConfigurationAnswer>> Poll(
        GuestContact contact, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber);

    /// <summary>
    /// Accepts values under a number that the guest chose. They are durable when this returns. Their push may still be under way.
    /// </summary>
    [Alias("SetValues")]
    Task<GuestResult<CommandAnswer>> SetValues(GuestContact contact, ValuesReport report);

    /// <summary>Accepts a report of a service run. It is durable when this returns.</summary>
    [Alias("ReportService")]
    Task<GuestResult<CommandAnswer>> ReportService(GuestContact contact, ServiceRunReport report);

    /// <summary>Accepts the configuration revision that the guest has applied. It is durable when this returns.</summary>
    [Alias("ReportApplied")]
    Task<GuestResult<CommandAnswer>> ReportApplied(GuestContact contact, AppliedRevision applied);

    /// <summary>Replaces the facts about the guest. They are durable when this returns.</summary>
    [Alias("SetFacts")]
    Task<GuestResult<CommandAnswer>> SetFacts(GuestContact contact, GuestFacts facts);
}
