using Audrey.Abstractions.Conductors;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>The methods of an instance for conductors. The same grain also implements <see cref="IGuestGrain"/>.</summary>
[Alias("audrey.IInstanceGrain")]
public interface IInstanceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Registers the instance. If the instance is already registered, replaces the registration and resets its statuses and values.
    /// </summary>
    [Alias("Register")]
    Task<ConductorAnswer> Register(InstanceRegistration registration);

    /// <summary>
    /// Begins a new generation with another secret and the same configuration. The values and reports of the previous guest are no longer
    /// valid.
    /// </summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="secret">The secret of the new guest.</param>
    /// <param name="deadline">The maximum time from now until the new guest is done. Null if there is no limit.</param>
    [Alias("Replace")]
    Task<ConductorAnswer> Replace(ConductorCommand command, string secret, TimeSpan? deadline = null);

    /// <summary>
    /// Replaces the instance as <see cref="Replace"/> does. If the last replacement of the instance was by the same renewal, nothing
    /// changes, and the answer contains the secret that it set.
    /// </summary>
    /// <param name="conductor">The conductor.</param>
    /// <param name="renewal">The mark that identifies the command.</param>
    /// <param name="secret">The secret to use if the command is new.</param>
    /// <param name="deadline">The maximum time from now until the new guest is done. Null if there is no limit.</param>
    [Alias("Renew")]
    Task<RenewalAnswer> Renew(ConductorKey conductor, RequestMark renewal, string secret, TimeSpan? deadline = null);

    /// <summary>
    /// Creates another secret in the same generation. Values and statuses stay. The secret is durable when this method returns. A command
    /// with the same mark gets the same secret again.
    /// </summary>
    /// <param name="command">The conductor's command, with a mark.</param>
    /// <param name="overlap">How long the current secret stays valid. It becomes invalid earlier if the guest uses the new secret.</param>
    [Alias("RotateSecret")]
    Task<GuestSecret> RotateSecret(ConductorCommand command, TimeSpan overlap);

    /// <summary>
    /// Runs failed services again. The command is durable when this method returns, and the guest learns of it by its configuration. A
    /// command with the same mark changes nothing.
    /// </summary>
    /// <param name="command">The conductor's command, with a mark.</param>
    /// <param name="service">The service. Null for all failed services.</param>
    [Alias("RetryServices")]
    Task<RetryAnswer> RetryServices(ConductorCommand command, string? service);

    /// <summary>Replaces the tarball with an uploaded one, which is compressed with gzip.</summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="tarball">The new tarball. If null, the method only checks whether the conductor is allowed to replace the
    /// tarball.</param>
    [Alias("ReplaceTarball")]
    Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball);

    /// <summary>Replaces the tarball with an uploaded one, which is not compressed with gzip.</summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="tarball">The new tarball.</param>
    /// <param name="gzipCopy">The same tar file, compressed with gzip.</param>
    [Alias("ReplaceTarballWithCopy")]
    Task<ConductorAnswer> ReplaceTarballWithCopy(ConductorCommand command, byte[] tarball, byte[] gzipCopy);

    /// <summary>
    /// Remembers a command that was refused before it reached the instance, if the conductor may act on the instance. So the command is not
    /// carried out when it is sent again. Returns <see cref="ConductorOutcome.Done"/> only if the command was carried out before.
    /// </summary>
    [Alias("Refuse")]
    Task<ConductorAnswer> Refuse(ConductorCommand command);

    /// <summary>Returns the instance's report, or null if no such instance is registered.</summary>
    /// <param name="cancellation">Cancels the wait for the instance's providers.</param>
    [AlwaysInterleave, Alias("GetReport")]
    ValueTask<InstanceReport?> GetReport(CancellationToken cancellation = default);

    /// <summary>Returns the facts about the instance's machine, or null if no such instance is registered.</summary>
    [AlwaysInterleave, Alias("GetFacts")]
    ValueTask<KeptFacts?> GetFacts();
}
