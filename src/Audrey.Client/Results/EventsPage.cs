using System.Collections.Immutable;
using Audrey.Core.Events;

namespace Audrey.Client;

/// <summary>A page of events of a deployable, in the order of their numbers.</summary>
public sealed class EventsPage
{
    /// <summary>Gets the events. Empty if there are no later events yet.</summary>
    public required ImmutableArray<DeployableEvent> Events { get; init; }

    /// <summary>Gets the number to pass as <c>after</c> for the next page.</summary>
    public required long Next { get; init; }

    /// <summary>Gets the number of the newest event.</summary>
    public required long Last { get; init; }

    /// <summary>Gets whether the deployable is deleted, so that no event follows the newest event.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Gets whether some of the requested events, before the events of this page, are no longer kept.</summary>
    public required bool HasGap { get; init; }
}
