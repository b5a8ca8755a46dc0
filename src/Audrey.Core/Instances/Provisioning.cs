using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Facts;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>
/// Applies a guest's fresh request to its instance's reported row. This class has no side effects. The caller writes the row and then
/// serves it.
/// </summary>
public static class Provisioning
{
    /// <summary>Applies a PUT of versions 0 to 2, and remembers it.</summary>
    public static InstanceReported Put(
        InstanceConfig config, InstanceReported before, ImmutableArray<NamedValue> values, ImmutableArray<NamedValue> serviceEnds,
        Contact contact, DateTimeOffset now) => Apply(config, before, values, serviceEnds, contact, now) with
        {
            Memory = before.Memory.With(before.Memory.Of(contact.SecretDigest).WithPut(contact.Mark)),
        };

    /// <summary>
    /// Applies a report: values of declared parameters, and exit statuses of the instance's services. Unknown names are ignored. If a name
    /// occurs several times, its last value is used.
    /// </summary>
    public static InstanceReported Apply(
        InstanceConfig config, InstanceReported before, ImmutableArray<NamedValue> values, ImmutableArray<NamedValue> serviceEnds,
        Contact contact, DateTimeOffset now)
    {
        var services = before.Services.ToBuilder();
        foreach (var end in serviceEnds)
            if (config.Services.Any(service => service.Name == end.Name)) End(services, end, now);

        var after = Give(config, Touch(before, contact, now), values) with { Services = services.ToImmutable() };
        return Finish(config, before, after, now);
    }

    /// <summary>
    /// Applies the facts of the machine, and the values that they give to provided parameters. A first report counts as a contact. Later
    /// reports do not, because an agent can run on a machine whose guest program does not listen.
    /// </summary>
    public static InstanceReported Observe(
        InstanceConfig config, InstanceReported before, InstanceFacts facts, ImmutableArray<NamedValue> values, DateTimeOffset now) =>
        Finish(config, before, Give(config, before, values) with
        {
            Facts = facts,
            FirstContact = before.FirstContact ?? now,
            LastContact = before.LastContact ?? now,
        }, now);

    /// <summary>Records a contact. In version 0 the guest's address becomes the value of <c>ipaddress</c>.</summary>
    public static InstanceReported RecordContact(InstanceConfig config, InstanceReported before, Contact contact, DateTimeOffset now) =>
        Finish(config, before, Touch(before, contact, now), now);

    /// <summary>Records that the guest received the complete configuration of a service.</summary>
    public static InstanceReported Start(InstanceReported before, string service, DateTimeOffset now)
    {
        if (before.ProgressOf(service) is { } progress)
        {
            return progress.Started is null
                ? before with { Services = before.Services.Replace(progress, progress with { Started = now }) }
                : before;
        }

        return before with { Services = before.Services.Add(new ServiceProgress { Name = service, Started = now }) };
    }

    /// <summary>Returns the status of one service.</summary>
    public static CompletionStatus StatusOf(InstanceReported reported, string service) =>
        CompletionRules.OfExitStatus(reported.ProgressOf(service)?.ExitStatus);

    /// <summary>Returns the obstacles that keep the instance from being complete.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="reported">The row that its guest reported.</param>
    /// <param name="lastContact">The time of the last contact with the guest, which can be later than the time in the row.</param>
    /// <param name="isOutOfDate">Whether the guest stays and has not applied the newest configuration.</param>
    public static IEnumerable<Obstacle> ObstaclesOf(
        InstanceConfig config, InstanceReported reported, DateTimeOffset? lastContact, bool isOutOfDate = false) =>
        CompletionRules.ObstaclesOf(
            lastContact is not null,
            config.ProvidedParameters.Where(name => reported.ValueOf(name) is null),
            config.Services.Select(service => (service.Name, StatusOf(reported, service.Name))),
            isOutOfDate);

    /// <summary>Returns the row with the time since when no obstacle but failed services is left.</summary>
    /// <param name="config">The instance.</param>
    /// <param name="row">The row.</param>
    /// <param name="now">The time if this is so from now on.</param>
    public static InstanceReported Settle(InstanceConfig config, InstanceReported row, DateTimeOffset now)
    {
        var isSettled = !ObstaclesOf(config, row, row.FirstContact).Any(obstacle => obstacle.IsUnfinished);
        return isSettled == row.Settled is not null ? row : row with { Settled = isSettled ? now : null };
    }

    /// <summary>
    /// Returns the status of an instance in the words of the reports of versions 0 to 2: the worst status of its services. The status of an
    /// instance without services is success when all its values are provided.
    /// </summary>
    public static CompletionStatus StatusOf(InstanceConfig config, InstanceReported reported)
    {
        if (config.Services.IsEmpty)
        {
            return config.ProvidedParameters.All(name => reported.ValueOf(name) is not null)
                ? CompletionStatus.Success
                : CompletionStatus.Incomplete;
        }

        return CompletionRules.Worst(config.Services.Select(service => StatusOf(reported, service.Name)));
    }

    private static InstanceReported Give(InstanceConfig config, InstanceReported before, ImmutableArray<NamedValue> values)
    {
        var given = before.Values.ToBuilder();
        var secret = before.HoldsSecrets;
        foreach (var value in values)
        {
            if (!config.ProvidedParameters.Contains(value.Name)) continue;
            Set(given, value);
            secret |= !config.SecretParameters.IsDefaultOrEmpty && config.SecretParameters.Contains(value.Name);
        }

        return before with { Values = given.ToImmutable(), HoldsSecrets = secret };
    }

    private static InstanceReported Touch(InstanceReported before, Contact contact, DateTimeOffset now) => before with
    {
        // A GET of version 1 or 2 does not set the address. Only the requests that the protocol specifies set it.
        Address = contact.NotesAddress ? contact.Address : before.Address,
        ProvidesAddress = before.ProvidesAddress || contact.ProvidesAddress,
        FirstContact = before.FirstContact ?? now,
        LastContact = now,
    };

    private static InstanceReported Finish(InstanceConfig config, InstanceReported before, InstanceReported after, DateTimeOffset now)
    {
        var changed = !Same(before, after);
        var ended = config.Services.All(service => after.ProgressOf(service.Name)?.ExitStatus is not null)
            && (!config.Services.IsEmpty || StatusOf(config, after) == CompletionStatus.Success);
        return after with
        {
            Version = changed ? before.Version + 1 : before.Version,
            Completed = ended ? before.Completed ?? now : null,
        };
    }

    private static bool Same(InstanceReported before, InstanceReported after)
    {
        if (before.Values.Length != after.Values.Length) return false;
        for (var i = 0; i < after.Values.Length; i++)
            if (!before.Values[i].Value.AsSpan().SequenceEqual(after.Values[i].Value)) return false;
        foreach (var service in after.Services)
        {
            if (service.ExitStatus is not { } exit) continue;
            if (before.ProgressOf(service.Name)?.ExitStatus is not { } known || !known.AsSpan().SequenceEqual(exit)) return false;
        }

        // The address of the connection is not used if the guest reported an address itself.
        return !after.ProvidesAddress
            || before.ValueOf(WellKnownParameters.Address).AsSpan().SequenceEqual(after.ValueOf(WellKnownParameters.Address));
    }

    private static void Set(ImmutableArray<NamedValue>.Builder given, NamedValue value)
    {
        for (var i = 0; i < given.Count; i++)
        {
            if (given[i].Name != value.Name) continue;
            given[i] = value;
            return;
        }

        given.Add(value);
    }

    private static void End(ImmutableArray<ServiceProgress>.Builder services, NamedValue end, DateTimeOffset now)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i].Name != end.Name) continue;
            if (services[i].ExitStatus is { } known && known.AsSpan().SequenceEqual(end.Value)) return;
            services[i] = services[i] with { Ended = now, ExitStatus = end.Value };
            return;
        }

        services.Add(new ServiceProgress { Name = end.Name, Ended = now, ExitStatus = end.Value });
    }
}

/// <summary>The data about a guest's request except its contents.</summary>
/// <param name="Address">The guest's address.</param>
/// <param name="NotesAddress">Whether the address becomes the instance's address.</param>
/// <param name="ProvidesAddress">Whether the address is also the value of the provided parameter <c>ipaddress</c> (version 0).</param>
/// <param name="Mark">The mark that identifies the request.</param>
public readonly record struct Contact(string Address, bool NotesAddress, bool ProvidesAddress, RequestMark Mark)
{
    /// <summary>The digest of the secret that the request was verified with.</summary>
    public uint SecretDigest { get; init; }

    /// <summary>Whether a GET is answered although it is outdated.</summary>
    public bool AnswersOutdated { get; init; }
}
