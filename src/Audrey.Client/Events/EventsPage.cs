using System.Collections.Immutable;
using Audrey.Core.Events;

namespace Audrey.Client;

/// <summary>Events of a deployable, in the order of their numbers.</summary>
public sealed class EventsPage
{
    /// <summary>The events; empty when none follow yet.</summary>
    public required ImmutableArray<DeployableEvent> Events { get; init; }

    /// <summary>What to ask after for those that follow.</summary>
    public required long Next { get; init; }

    /// <summary>The number of the newest event there is.</summary>
    public required long Last { get; init; }

    /// <summary>Whether the deployable is deleted, so that nothing follows the newest event.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Whether events before these that were asked for are not kept any more.</summary>
    public required bool HasGap { get; init; }
}
