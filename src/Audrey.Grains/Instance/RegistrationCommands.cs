using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Audrey.Core.Tarballs;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Propagation;

namespace Audrey.Grains.Instance;

/// <summary>
/// The commands that register, launch and replace an instance, rotate its secret and replace its tarball. Most of them write the rows of
/// several grains. The rows are written in an order that leaves a valid state wherever the command is interrupted. See docs/grains.md.
/// </summary>
internal sealed class RegistrationCommands(
    InstanceId id, InstanceMachine machine, InstanceRows rows, InstanceEffects effects, InstanceServices silo)
{
    /// <summary>The tarball of an instance without executables and files.</summary>
    public static Tarball EmptyTarball { get; } =
        new(TarballBuilder.Empty, Convert.ToHexStringLower(SHA256.HashData(TarballBuilder.Empty)), DateTimeOffset.UnixEpoch);

    private ITarballGrain Tarball => silo.Grains.Reference<ITarballGrain>(GrainKeys.Of(id));

    private static ConductorAnswer NonceRefused => ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the nonce was used already");

    /// <inheritdoc cref="IInstanceGrain.Register"/>
    public async Task<ConductorAnswer> Register(InstanceRegistration registration)
    {
        var (command, config) = (registration.Command, registration.Config);
        if (config.IsPrototype)
            return ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, "a prototype is registered only with its whole deployable");
        if (HolderOtherThan(config.Deployable) is { } holder)
        {
            if (machine.Definition.Conductor == command.Conductor) await RememberRefused(command);
            return InUse(holder, config.Deployable);
        }

        if (Judge(command) is { } judged) return WithForgiven(command, await Repeat(judged));
        if (IsRegisteredAlready(registration)) return await Repeat(ConductorAnswer.Done);
        var replaced = machine.Registered;
        var deployable = silo.Grains.Reference<IDeployableGrain>(GrainKeys.Of(config.Deployable));
        var joined = await deployable.Join(new(
            id, command.Conductor, config.DeployableName, replaced?.Definition.Incarnation ?? 0, replaced?.Definition.Page ?? 0));
        if (joined.Outcome != ConductorOutcome.Done)
        {
            // The command is remembered. A command that is sent again after the deployable was deleted must not register an instance.
            if (joined.Outcome != ConductorOutcome.NotYours) await RememberRefused(command);
            return joined.Quota is { } excess ? ConductorAnswer.Refuse(excess) : Refuse(joined.Outcome, config.Deployable);
        }

        // The sets of dependents are written first. A set may name an instance that was never registered, but it must name every dependent
        // that was registered.
        await Task.WhenAll([.. AddToDependents(config, joined.Incarnation), StoreTarball(registration)]);
        if (replaced is not null) await effects.Feeder.End(replaced).WaitUpToAsync(silo.Options.PushBound, silo.Time);
        await rows.Write((machine, now) => machine.Begin((before, version) =>
            before.Register(config, command.Conductor, joined.Incarnation, joined.Page, version, command.Mark, now) with
            {
                HasNoTarball = registration.Tarball.Length == 0,
                Registration = registration.Digest,
                Leniency = registration.Leniency,
                LenientCommand = registration.Leniency is null ? null : command.Mark,
            }));
        await effects.WaitForPush();
        return WithForgiven(command, ConductorAnswer.Done);
    }

    /// <inheritdoc cref="IMemberGrain.Launch"/>
    public async Task<ConductorAnswer> Launch(InstanceLaunch launch)
    {
        var (registration, key) = (launch.Registration, launch.Launch);
        var (command, config) = (registration.Command, registration.Config);
        if (IsLaunched(key)) return ConductorAnswer.Done;
        if (HolderOtherThan(config.Deployable) is { } holder) return InUse(holder, config.Deployable);

        // The deployable was deleted after this instance had joined and before it was registered. The instance must no longer be
        // registered.
        if (machine.Definition.Ended is { } ended && ended.Deployable == key.Deployable && ended.Incarnation >= key.Incarnation)
            return Refuse(ConductorOutcome.LaunchEnded, config.Deployable);

        await StoreTarball(registration);
        if (config.IsPrototype)
        {
            await rows.Write((machine, _) => machine.Amend(before => before.Hold(
                config, command.Conductor, key.Incarnation, launch.Page, key.Digest, registration.Tarball.Length == 0)));
            return ConductorAnswer.Done;
        }

        await rows.Write((machine, now) => machine.Begin((before, version) =>
            before.Register(config, command.Conductor, key.Incarnation, launch.Page, version, command.Mark, now) with
            {
                Launch = key.Digest,
                HasNoTarball = registration.Tarball.Length == 0,
                Deadline = launch.Deadline,
            }));
        await effects.WaitForPush();
        return ConductorAnswer.Done;
    }

    /// <inheritdoc cref="IMemberGrain.IsLaunched"/>
    public bool IsLaunched(LaunchKey launch) =>
        Find(launch.Deployable, launch.Incarnation) is not null && machine.Definition.Launch == launch.Digest;

    /// <inheritdoc cref="IMemberGrain.GetLaunchedPage"/>
    public int? GetLaunchedPage(LaunchKey launch) => IsLaunched(launch) ? machine.Registered?.Definition.Page : null;

    /// <inheritdoc cref="IMemberGrain.GetOutline"/>
    public InstanceConfig? GetOutline(LaunchKey launch) =>
        IsLaunched(launch) ? Find(launch.Deployable, launch.Incarnation)!.Outline() : null;

    /// <inheritdoc cref="IMemberGrain.GetConfig"/>
    public InstanceConfig? GetConfig(DeployableId deployable, long incarnation) =>
        Find(deployable, incarnation) is not { } config ? null
        : machine.Definition.Rotation is { } rotation ? config with { Secret = rotation.Secret }
        : config;

    /// <inheritdoc cref="IInstanceGrain.Replace"/>
    public async Task<ConductorAnswer> Replace(ConductorCommand command, string secret, TimeSpan? deadline)
    {
        if ((RefusalOf(command) ?? RefusalOf(deadline)) is { } refusal) return refusal;
        var replaced = machine.Registered!;
        var known = IsReplacedAlready(replaced, command, secret) ? ConductorAnswer.Done : Judge(command);
        if (known is not null) return await Repeat(known);
        await Replace(replaced, command, secret, renewal: null, deadline);
        return ConductorAnswer.Done;
    }

    /// <inheritdoc cref="IInstanceGrain.Renew"/>
    public async Task<RenewalAnswer> Renew(ConductorKey conductor, RequestMark renewal, string secret, TimeSpan? deadline)
    {
        var command = new ConductorCommand(conductor, null);
        if ((RefusalOf(command) ?? RefusalOf(deadline)) is { } refusal) return new(refusal, null);
        var replaced = machine.Registered!;
        if (replaced.Definition.Renewal == renewal) return new(await Repeat(ConductorAnswer.Done), replaced.Definition.Secret);
        await Replace(replaced, command, secret, renewal, deadline);
        return new(ConductorAnswer.Done, secret);
    }

    private async Task Replace(
        RegisteredInstance replaced, ConductorCommand command, string secret, RequestMark? renewal, TimeSpan? deadline)
    {
        // The deployable notes the deadline first. A deadline that no instance has is met.
        var by = silo.Now + deadline;
        if (by is { } noted)
        {
            await silo.Grains.Reference<IDeployableGrain>(GrainKeys.Of(replaced.Config.Deployable))
                .ExpectBy(replaced.Definition.Incarnation, noted);
        }

        await effects.Feeder.End(replaced).WaitUpToAsync(silo.Options.PushBound, silo.Time);
        var config = replaced.Config with { Secret = secret };
        await rows.Write((machine, now) => machine.Begin((before, version) =>
            before.Register(config, command.Conductor, before.Incarnation, before.Page, version, command.Mark, now) with
            {
                Launch = before.Launch,
                HasNoTarball = before.HasNoTarball,
                Leniency = before.Leniency,
                Renewal = renewal,
                Deadline = by,
            }));
        await effects.WaitForPush();
    }

    /// <inheritdoc cref="IInstanceGrain.RotateSecret"/>
    public async Task<GuestSecret> RotateSecret(ConductorCommand command, TimeSpan overlap)
    {
        if (RefusalOf(command) is { } refusal) return GuestSecret.Refuse(refusal);
        var mark = command.Mark ?? throw new ArgumentException("The command has no mark.", nameof(command));
        if (machine.Definition.Rotation?.Issued != mark)
        {
            var secret = NewSecret.Create();
            await rows.Write((machine, now) => machine.Amend(before => before.Rotate(secret, overlap, mark, now)));
        }

        return GuestSecret.Of(machine.Definition, silo.Now);
    }

    /// <summary>Makes the previous secret invalid, because the guest has used the new one.</summary>
    public Task EndPreviousSecret(long number) => rows.Write((machine, _) => machine.Amend(before =>
        before.Rotation is { Previous: not null } rotation && rotation.Number == number
            ? before with { Rotation = rotation with { Previous = null } }
            : before));

    /// <inheritdoc cref="IInstanceGrain.RetryServices"/>
    public async Task<RetryAnswer> RetryServices(ConductorCommand command, string? service)
    {
        if (RefusalOf(command) is { } refusal) return RetryAnswer.Refuse(refusal);
        var mark = command.Mark ?? throw new ArgumentException("The command has no mark.", nameof(command));
        var instance = machine.Registered!;
        // The write notifies the subscribers, which are gone then.
        var isListening = RetryRules.IsListening(instance, machine.Subscribers.Any, silo.Now);
        if (machine.Definition.RetriesOf(mark).IsEmpty)
        {
            var decision = RetryRules.Decide(instance, service, mark);
            if (decision.Problem is { } problem)
            {
                return RetryAnswer.Refuse(
                    ConductorAnswer.Refuse(decision.IsUnknown ? ConductorOutcome.NotFound : ConductorOutcome.NotFailed, problem));
            }

            await rows.Write((machine, _) => machine.Amend(before => before.Retry(decision.Retries)));
        }

        return new()
        {
            Retries = machine.Definition.RetriesOf(mark),
            IsListening = isListening,
            LastContact = instance.LastContact,
            Report = instance.Report(),
        };
    }

    /// <inheritdoc cref="IInstanceGrain.ReplaceTarballWithCopy"/>
    public async Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball, byte[]? gzipCopy = null)
    {
        if (RefusalOf(command) is { } refusal)
        {
            if (refusal.Outcome == ConductorOutcome.NotFound) await RememberRefused(command);
            return refusal;
        }

        if (Judge(command) is { } judged) return judged;
        if (tarball is null)
        {
            await Remember(command);
            return ConductorAnswer.Done;
        }

        if (await Tarball.Replace(NewTarball(tarball, gzipCopy), command) == Freshness.Refused) return NonceRefused;

        // This step also runs for a repeated command, because the first command may have been interrupted between the two writes. Another
        // tarball may have followed the repeated one, so the digest is that of the stored tarball. The uploaded tarball contains what the
        // registration had left out.
        var digest = (await Tarball.Describe())?.Digest;
        if (machine.Definition.UploadedTarball != digest)
            await rows.Write((machine, _) => machine.Amend(before => before with
            {
                HasNoTarball = false,
                UploadedTarball = digest,
                Leniency = before.Leniency is { } leniency ? leniency with { LeftOut = [] } : null,
            }));
        return ConductorAnswer.Done;
    }

    /// <inheritdoc cref="IInstanceGrain.Refuse"/>
    public async Task<ConductorAnswer> Refuse(ConductorCommand command)
    {
        if (RefusalOf(command) is { Outcome: ConductorOutcome.NotYours } notYours) return notYours;
        if (Judge(command) is { } judged) return judged;
        if (machine.Registered is not null && await Tarball.WasUploaded(command)) return ConductorAnswer.Done;
        await RememberRefused(command);
        return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the request was refused");
    }

    /// <summary>Returns the configuration or the prototype, or null if it is not in the given incarnation of the deployable.</summary>
    private InstanceConfig? Find(DeployableId deployable, long incarnation) => machine.Registered is { } instance
        ? instance.IsMemberOf(deployable, incarnation) ? instance.Config : null
        : machine.Definition.PrototypeIn(deployable, incarnation);

    /// <summary>Adds this instance to the dependents of its providers, unless it is already one of the dependents.</summary>
    private IEnumerable<Task> AddToDependents(InstanceConfig config, long incarnation)
    {
        var known = machine.Registered is { } instance && instance.Definition.Incarnation == incarnation ? instance.Config.Providers : [];
        return config.Providers.Except(known)
            .Select(provider => silo.Grains.Dependents(config.Deployable, incarnation, provider).Add(id.Value));
    }

    /// <summary>
    /// Stores the tarball of the generation that is about to begin. If the new generation has no tarball, the tarball of the previous
    /// generation is deleted.
    /// </summary>
    private Task StoreTarball(InstanceRegistration registration) =>
        registration.Tarball.Length > 0 ? Tarball.Set(NewTarball(registration.Tarball, registration.GzipCopy))
        : machine.Definition.Generation > 0 ? Tarball.Clear()
        : Task.CompletedTask;

    private Tarball NewTarball(byte[] bytes, byte[]? gzipCopy) => new(bytes, DigestOf(bytes), silo.Now)
    {
        GzipCopy = gzipCopy is null ? null : new(gzipCopy, DigestOf(gzipCopy)),
    };

    private static string DigestOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Returns the answer to a command that was seen before, or null for a new command.</summary>
    private ConductorAnswer? Judge(ConductorCommand command) =>
        machine.Definition.Judged(command) switch
        {
            Freshness.Fresh => null,
            Freshness.Repeated when machine.Registered?.Definition.Conductor == command.Conductor => ConductorAnswer.Done,
            _ => NonceRefused,
        };

    /// <summary>Returns the answer with what the registration was forgiven, if it is the one that is served.</summary>
    private ConductorAnswer WithForgiven(ConductorCommand command, ConductorAnswer answer) =>
        answer.Outcome == ConductorOutcome.Done && command.Mark is { } mark && machine.Definition.LenientCommand == mark
            ? answer with { Problems = [.. machine.Definition.Leniency!.Forgiven.Select(finding => finding.ToString())] }
            : answer;

    /// <summary>Recognises a registration without a mark by its digest.</summary>
    private bool IsRegisteredAlready(InstanceRegistration registration) =>
        registration.Digest is { } digest && machine.Registered?.Definition is { } definition
        && definition.Registration == digest && definition.Conductor == registration.Command.Conductor;

    /// <summary>Recognises a command without a mark by the secret that it sets.</summary>
    private static bool IsReplacedAlready(RegisteredInstance instance, ConductorCommand command, string secret) =>
        command.Mark is null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(instance.Definition.Secret!), Encoding.UTF8.GetBytes(secret));

    /// <summary>
    /// Answers a command that was seen before. The first command may have been interrupted between its write and its publication.
    /// </summary>
    private async Task<ConductorAnswer> Repeat(ConductorAnswer answer)
    {
        if (answer.Outcome != ConductorOutcome.Done) return answer;
        effects.Begin(machine.Repeat());
        await effects.WaitForPush();
        return answer;
    }

    private Task Remember(ConductorCommand command) =>
        command.Mark is { } mark && machine.Definition.Judged(command) == Freshness.Fresh
            ? rows.Write((machine, _) => machine.Amend(before => before with
            {
                CommandsByConductor = before.CommandsByConductor.With(command.Conductor, mark),
            }))
            : Task.CompletedTask;

    private Task RememberRefused(ConductorCommand command) => Remember(command.AsRefused);

    private ConductorAnswer? RefusalOf(ConductorCommand command) =>
        machine.Registered is not { } instance ? ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no instance {id}")
        : instance.Definition.Conductor != command.Conductor ? Refuse(ConductorOutcome.NotYours, instance.Config.Deployable)
        : null;

    private static ConductorAnswer? RefusalOf(TimeSpan? deadline) => Deadlines.Problem(deadline) is { } late
        ? ConductorAnswer.Refuse(ConductorOutcome.SourcesRefused, $"the deadline {late}")
        : null;

    /// <summary>
    /// Returns the configuration that keeps the id from an instance of a deployable: that of an instance of another deployable, or the
    /// prototype of an empty group. Null if there is none.
    /// </summary>
    private InstanceConfig? HolderOtherThan(DeployableId deployable) =>
        machine.Registered is { } other ? other.Config.Deployable == deployable ? null : other.Config : machine.Definition.Prototype;

    private ConductorAnswer InUse(InstanceConfig holder, DeployableId deployable) => ConductorAnswer.Refuse(
        ConductorOutcome.IdInUse,
        holder.IsPrototype && holder.Deployable == deployable
            ? $"{id} is the id of the prototype of group '{holder.Name}', which is empty; scale the group, or use another id"
            : $"instance {id} belongs to deployable {holder.Deployable}; it cannot be registered in deployable {deployable} as well");

    private ConductorAnswer Refuse(ConductorOutcome outcome, DeployableId deployable) => ConductorAnswer.Refuse(outcome, outcome switch
    {
        ConductorOutcome.NotYours => $"deployable {deployable} belongs to another conductor",
        ConductorOutcome.LaunchEnded => $"deployable {deployable} was deleted during its launch",
        ConductorOutcome.BeingDeleted => $"deployable {deployable} is being deleted; register instance {id} after the deletion",
        _ => $"instance {id} was refused",
    });
}
