using System.Globalization;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Creates the documents of events of version 3.</summary>
internal static class EventDocuments
{
    public static EventList Create(EventPage page, long after) => new()
    {
        Events = [.. page.Events.Select(Create)],
        Next = page.Events.IsEmpty ? Math.Min(after, page.Last) : page.Events[^1].Number,
        Last = page.Last,
        Ended = page.HasEnded,
        Gap = page.GapAfter(after) is { } gap ? Create(gap) : null,
    };

    public static Event Create(DeployableEvent source)
    {
        var note = source.Details;
        return new()
        {
            Number = source.Number,
            Time = note.At.ToUniversalTime(),
            Kind = EventKinds.NameOf(note.Kind),
            Detail = EventText.Of(source),
            Instance = source.Instance,
            Label = source.Label,
            Assembly = source.Assembly,
            Generation = note.Generation == 0 ? null : note.Generation,
            Service = note.Service,
            Run = note.Run,
            ExitStatus = note.ExitStatus,
            DurationSeconds = note.Duration?.TotalSeconds,
            Output = note.Output,
            Names = note.Names.IsEmpty ? null : note.Names,
            Revision = note.Kind is EventKind.ConfigurationComplete or EventKind.Applied or EventKind.OutOfDate ? note.Revision : null,
            Count = note.Count,
            Address = note.Address,
            Problems = note.Problems.IsEmpty
                ? null
                : [.. note.Problems.Select(one => new EventServiceProblem { Service = one.Service, Problem = one.Problem })],
            Last = note.Last is { } last ? Create(last) : null,
        };
    }

    public static EventGap Create(MissedEvents gap) => new()
    {
        From = gap.From,
        To = gap.To,
        Detail = gap.From is null
            ? "The history was erased in the meantime, and its numbers started again."
            : string.Create(CultureInfo.InvariantCulture, $"Events {gap.From} to {gap.To} are no longer kept."),
    };

    private static EventLastState Create(LastState last) => new()
    {
        Status = CompletionStatusNames.NameOf(last.Status),
        LastContact = last.LastContact,
        Missing = last.Missing,
        Services =
        [
            .. last.Services.Select(service => new EventLastService
            {
                Name = service.Name,
                Status = CompletionStatusNames.NameOf(service.Status),
                ExitStatus = service.ExitStatus,
                DurationSeconds = service.Duration?.TotalSeconds,
                Output = service.Output,
                Waits = service.Waits,
            }),
        ],
    };
}
