using System.ComponentModel;
using Audrey.Gateway.Waiting;
using Microsoft.AspNetCore.Mvc;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Serves a guest's configuration, immediately or by a long poll.</summary>
internal sealed class ConfigurationEndpoints(LongPoll longPoll) : IEndpointGroup
{
    /// <summary>Describes the endpoint by hand: a typed result would cost another state machine for each pending poll.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapWaitingGuests().MapGet(Version3Routes.Configuration, Get)
        .Describe("configuration", "Returns the configuration, immediately or when its revision changes")
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblems()
        .Produces<Configuration>();

    private Task Get(
        string uuid,
        [FromQuery, Description("The maximum wait for a revision other than the one in If-None-Match, such as 60s.")] string? wait,
        [FromHeader(Name = "If-None-Match"), Description("The revision that the guest has, in quotes.")] string? revision,
        HttpContext http) =>
        longPoll.Answer(http, uuid, wait, revision);
}
