using System.ComponentModel;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Waiting;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Serves a guest's configuration, immediately or by a long poll.</summary>
internal sealed class ConfigurationEndpoints(LongPoll longPoll) : IEndpointGroup
{
    /// <summary>Describes the endpoint by hand: a typed result would cost another state machine for each pending poll.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapWaitingGuests().MapGet(Version3Routes.Configuration, Get)
        .Describe("configuration", "The configuration, at once or when there is a newer one")
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblems()
        .Produces<Configuration>();

    private Task Get(
        string uuid,
        [FromQuery, Description("How long to wait for something newer than the revision in If-None-Match, such as 60s.")] string? wait,
        [FromHeader(Name = "If-None-Match"), Description("The revision that the guest has, in quotes.")] string? revision,
        HttpContext http) =>
        longPoll.Answer(http, uuid, wait, revision);
}
