using Audrey.Core.Facts;
using Audrey.Core.Instances;
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
    /// Returns the credential that this guest's requests are verified against, or null if no such instance is registered. For an id from a
    /// stranger call <see cref="IGuestCredentialsGrain"/>, which does not activate the instance.
    /// </summary>
    [AlwaysInterleave, Alias("GetCredential")]
    ValueTask<InstanceCredential?> GetCredential();

    /// <summary>
    /// Adds requests with a wrong secret to the count in the instance's status. The count causes no write. A count for another generation
    /// than the current one is ignored.
    /// </summary>
    [AlwaysInterleave, Alias("AddWrongSecrets")]
    ValueTask AddWrongSecrets(long generation, WrongSecretCount further);

    /// <summary>Returns the configuration of all services, or of one service, for a guest of versions 0 to 2.</summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="service">A service's name, or null for all services.</param>
    /// <returns>The configuration. The value is null if there is no such service.</returns>
    [AlwaysInterleave, Alias("GetConfiguration")]
    ValueTask<GuestResult<GuestAnswer>> GetConfiguration(GuestContact contact, string? service);

    /// <summary>Returns the provided parameters that have no value yet and, from version 2 on, the names of the services.</summary>
    [AlwaysInterleave, Alias("GetParameters")]
    ValueTask<GuestResult<GuestAnswer>> GetParameters(GuestContact contact);

    /// <summary>Returns the instance's tarball. The tarball is empty if the instance was registered without files.</summary>
    [AlwaysInterleave, Alias("GetTarball")]
    ValueTask<GuestResult<Tarball>> GetTarball(GuestContact contact);

    /// <summary>
    /// Accepts values and exit statuses from a guest of versions 0 to 2. The data is durable when this method returns. The push to
    /// dependents may still be unfinished.
    /// </summary>
    [Alias("Provide")]
    Task<GuestResult<GuestAnswer>> Provide(GuestContact contact, Provision provision);

    /// <summary>Returns the guest's instructions.</summary>
    [AlwaysInterleave, Alias("Hello")]
    ValueTask<GuestResult<HelloAnswer>> Hello(GuestContact contact);

    /// <summary>
    /// Returns the guest's current secret. A guest that still uses the previous secret calls this method to get the new one.
    /// </summary>
    [AlwaysInterleave, Alias("GetSecret")]
    ValueTask<GuestResult<GuestSecret>> GetSecret(GuestContact contact);

    /// <summary>Records that the guest is alive.</summary>
    [AlwaysInterleave, Alias("Heartbeat")]
    ValueTask<GuestResult<CommandAnswer>> Heartbeat(GuestContact contact);

    /// <summary>
    /// Returns the configuration for a guest of version 3. If the guest already has the current revision, the answer has no body, and the
    /// subscriber is notified once when the revision changes.
    /// </summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="knownRevision">The configuration revision that the guest has, or null.</param>
    /// <param name="isFromGuest">True if the guest itself sent the request. False if its gateway repeats the request for a pending poll. A
    /// repeated request does not count as a contact.</param>
    /// <param name="subscriber">The gateway that has the pending poll, or null.</param>
    [AlwaysInterleave, Alias("Poll")]
    ValueTask<GuestResult<ConfigurationAnswer>> Poll(
        GuestContact contact, string? knownRevision, bool isFromGuest, IRevisionSubscriber? subscriber);

    /// <summary>
    /// Accepts values under a number that the guest chose. The values are durable when this method returns. The push to dependents may
    /// still be unfinished.
    /// </summary>
    [Alias("SetValues")]
    Task<GuestResult<CommandAnswer>> SetValues(GuestContact contact, ValuesReport report);

    /// <summary>Accepts a report of a service run. The report is durable when this method returns.</summary>
    [Alias("ReportService")]
    Task<GuestResult<CommandAnswer>> ReportService(GuestContact contact, ServiceRunReport report);

    /// <summary>Accepts the configuration revision that the guest has applied. The revision is durable when this method returns.</summary>
    [Alias("ReportApplied")]
    Task<GuestResult<CommandAnswer>> ReportApplied(GuestContact contact, AppliedRevision applied);

    /// <summary>Replaces the facts about the guest. The facts are durable when this method returns.</summary>
    [Alias("SetFacts")]
    Task<GuestResult<CommandAnswer>> SetFacts(GuestContact contact, GuestFacts facts);

    /// <summary>
    /// Keeps the facts of one class that an agent on the machine has read, and gives their values to the provided parameters that they
    /// fulfil. The facts and values are durable when this method returns. The push to dependents may still be unfinished. A report that is
    /// not newer than the one that is kept of the same agent and class changes nothing.
    /// </summary>
    /// <param name="generation">The generation of the credential that the sender was verified against. Null if a broker has verified only
    /// which instance the sender is. The report is then for the current generation.</param>
    /// <param name="report">The facts. Their values are any JSON. The grain brings them into their canonical form.</param>
    /// <exception cref="NotDurableException">It is not known whether the report was written. The same report can be sent again.</exception>
    [Alias("ObserveFacts")]
    Task<FactAnswer> ObserveFacts(long? generation, FactReport report);

    /// <summary>
    /// Counts a heartbeat of an agent on the machine. It is kept in memory. Only the first one of a generation is written: that there is an
    /// agent, and its interval. The instance is silent after three intervals without another heartbeat of any agent.
    /// </summary>
    /// <param name="generation">As in <see cref="ObserveFacts"/>.</param>
    /// <param name="agent">The name of the agent.</param>
    /// <param name="interval">The time after which the agent sends its next heartbeat. <see cref="FactLimits"/> has its bounds.</param>
    /// <exception cref="NotDurableException">It is not known whether the first heartbeat was written.</exception>
    [AlwaysInterleave, Alias("ObserveHeartbeat")]
    Task<FactAnswer> ObserveHeartbeat(long? generation, string agent, TimeSpan interval);
}
