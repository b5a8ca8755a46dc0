using System.Collections.Immutable;
using System.Globalization;
using Audrey.Core.Documents;
using Audrey.Core.Replay;

namespace Audrey.Core.Instances;

/// <summary>
/// Applies a guest's fresh request to its instance's reported row. It has no side effects: the caller writes the row and then serves it.
/// </summary>
public static class Provisioning
{
    /// <summary>
    /// Applies a PUT: values of declared parameters, and exit statuses of the instance's services. Unknown names are ignored. If a name
    /// occurs several times, its last value counts.
    /// </summary>
    public static InstanceReported Apply(
        InstanceConfig config, InstanceReported before, ImmutableArray<NamedValue> values, ImmutableArray<NamedValue> serviceEnds,
        Contact contact, DateTimeOffset now)
    {
        var given = before.Values.ToBuilder();
        var secret = before.HoldsSecrets;
        foreach (var value in values)
        {
            if (!config.ProvidedParameters.Contains(value.Name)) continue;
            Set(given, value);
            secret |= !config.SecretParameters.IsDefaultOrEmpty && config.SecretParameters.Contains(value.Name);
        }

        var services = before.Services.ToBuilder();
        foreach (var end in serviceEnds)
            if (config.Services.Any(service => service.Name == end.Name)) End(services, end, now);

        var after = Touch(before, contact, now) with
        {
            Values = given.ToImmutable(),
            Services = services.ToImmutable(),
            Requests = before.Requests.With(contact.Mark),
            HoldsSecrets = secret,
        };
        return Finish(config, before, after, now);
    }

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
        OfExitStatus(reported.ProgressOf(service)?.ExitStatus);

    /// <summary>
    /// Returns the status of a service with this exit status. An exit status consists of decimal digits and can be surrounded by white
    /// space. Null means that there is no exit status. Anything that is not a number is an error.
    /// </summary>
    public static CompletionStatus OfExitStatus(byte[]? exitStatus)
    {
        if (exitStatus is null) return CompletionStatus.Incomplete;
        return ExitStatusOf(exitStatus) == 0 ? CompletionStatus.Success : CompletionStatus.Error;
    }

    /// <summary>Returns an exit status as a number. Returns null if there is no exit status or it is not a number.</summary>
    public static int? ExitStatusOf(byte[]? exitStatus) =>
        int.TryParse(exitStatus.AsSpan().Trim(" \t\r\n"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;

    /// <summary>
    /// Returns the status of an instance: the worst status of its services. An instance without services is a success once all its values
    /// are provided.
    /// </summary>
    public static CompletionStatus StatusOf(InstanceConfig config, InstanceReported reported)
    {
        if (config.Services.IsEmpty)
        {
            return config.ProvidedParameters.All(name => reported.ValueOf(name) is not null)
                ? CompletionStatus.Success
                : CompletionStatus.Incomplete;
        }

        return Worst(config.Services.Select(service => StatusOf(reported, service.Name)));
    }

    /// <summary>
    /// Returns the worst status. Error is worse than incomplete, and incomplete is worse than success. Returns success if there are no
    /// parts.
    /// </summary>
    public static CompletionStatus Worst(IEnumerable<CompletionStatus> parts)
    {
        var worst = CompletionStatus.Success;
        foreach (var part in parts)
        {
            if (part == CompletionStatus.Error) return part;
            if (part == CompletionStatus.Incomplete) worst = part;
        }

        return worst;
    }

    private static InstanceReported Touch(InstanceReported before, Contact contact, DateTimeOffset now) => before with
    {
        // A GET of version 1 or 2 does not set the address. Only the requests that the protocol specifies set it.
        Address = contact.NotesAddress ? contact.Address : before.Address,
        ProvidesAddress = before.ProvidesAddress || contact.ProvidesAddress,
        FirstContact = before.FirstContact ?? now,
        LastContact = now,
        NewestTimestamp = Math.Max(before.NewestTimestamp, contact.Mark.Timestamp),
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


        // The connection's address does not count if the guest reported an address itself.
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

/// <summary>The data about a guest's request other than its contents.</summary>
/// <param name="Address">The guest's address.</param>
/// <param name="NotesAddress">Whether the address becomes the instance's address.</param>
/// <param name="ProvidesAddress">Whether the address is also the value of the provided parameter <c>ipaddress</c> (version 0).</param>
/// <param name="Mark">The mark that identifies the request.</param>
public readonly record struct Contact(string Address, bool NotesAddress, bool ProvidesAddress, RequestMark Mark);
