using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>
/// One instance: its definition, what its guest has given, and which of its required parameters have a value.
/// The key is <see cref="GrainKeys.Of(InstanceId)"/>. Calls that interleave read memory only, or apply a push.
/// </summary>
[Alias("audrey.IInstanceGrain")]
public interface IInstanceGrain : IGrainWithStringKey
{
    /// <summary>What a signature of this instance's guest is checked against; null when no such instance is registered.</summary>
    [AlwaysInterleave, Alias("GetCredential")]
    ValueTask<InstanceCredential?> GetCredential();

    /// <summary>The configuration of all services, or of one.</summary>
    /// <param name="contact">The guest's request.</param>
    /// <param name="service">A service's name, or null for all.</param>
    [AlwaysInterleave, Alias("GetConfiguration")]
    ValueTask<GuestAnswer> GetConfiguration(GuestContact contact, string? service);

    /// <summary>The provided parameters still without a value and, from version 2 on, the services that have not ended.</summary>
    [AlwaysInterleave, Alias("GetParameters")]
    ValueTask<GuestAnswer> GetParameters(GuestContact contact);

    /// <summary>The instance's tarball.</summary>
    [AlwaysInterleave, Alias("GetTarball")]
    ValueTask<TarballAnswer> GetTarball(GuestContact contact);

    /// <summary>Takes values and service ends from the guest: durable when it returns, and pushed or being pushed to the dependents.</summary>
    [Alias("Provide")]
    Task<GuestAnswer> Provide(GuestContact contact, Provision provision);

    /// <summary>Registers the instance, or replaces it: statuses and values begin anew.</summary>
    [Alias("Register")]
    Task<ConductorAnswer> Register(InstanceRegistration registration);

    /// <summary>Registers the instance as part of a launch, unless that launch has registered it already.</summary>
    [Alias("Launch")]
    Task<ConductorAnswer> Launch(InstanceLaunch launch);

    /// <summary>Whether that launch has registered this instance.</summary>
    [AlwaysInterleave, Alias("IsLaunched")]
    ValueTask<bool> IsLaunched(LaunchKey launch);

    /// <summary>Begins a new generation with another secret and nothing else changed: what the old guest gave counts no more.</summary>
    [Alias("Replace")]
    Task<ConductorAnswer> Replace(ConductorCommand command, string secret);

    /// <summary>What is registered; null when it is no member of that incarnation of <paramref name="deployable"/>.</summary>
    [AlwaysInterleave, Alias("GetConfig")]
    ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation);

    /// <summary>Changes what the instance's references to a group stand for; durable when it returns. Values and statuses stay.</summary>
    [Alias("Amend")]
    Task Amend(GroupChange change);

    /// <summary>Takes this instance alone out of its deployable; its credential ends at once, and who refers to it is told that it is gone.</summary>
    [Alias("Remove")]
    Task Remove(DeployableId deployable, long incarnation);

    /// <summary>Replaces the tarball by an uploaded one; with no bytes it only checks that it might.</summary>
    [Alias("ReplaceTarball")]
    Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball);

    /// <summary>Deletes the instance if it belongs to that incarnation of the deployable; its credential ends at once.</summary>
    [Alias("Delete")]
    Task Delete(DeployableId deployable, long incarnation);

    /// <summary>The instance as it stands; null when no such instance is registered.</summary>
    [AlwaysInterleave, Alias("GetReport")]
    ValueTask<InstanceReport?> GetReport();

    /// <summary>What this instance gives its dependents in that incarnation of <paramref name="deployable"/>.</summary>
    [AlwaysInterleave, Alias("GetSnapshot")]
    ValueTask<ProviderSnapshot> GetSnapshot(DeployableId deployable, long incarnation);

    /// <summary>Takes what a provider gives now; an older version than the one known is ignored, and so is another incarnation's.</summary>
    [AlwaysInterleave, Alias("Receive")]
    ValueTask Receive(ProviderSnapshot snapshot);
}
