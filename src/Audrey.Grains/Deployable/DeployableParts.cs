using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

/// <summary>The objects of one activation of a deployable that its commands share.</summary>
internal sealed record DeployableParts(
    DeployableId Id,
    IGrainFactory Grains,
    DurableState<DeployableState> Row,
    Membership Members,
    Reservations Reservations,
    DeployableEvents Events,
    WorkListing Listing,
    DocumentLimits Limits,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The durable state.</summary>
    public DeployableState State => Row.Current;
}
