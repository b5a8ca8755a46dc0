using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>A guest's telling how its services run.</summary>
internal sealed class ServicesEndpoints(Version3Gate gate, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int MaxMessageLength = 256;

    /// <summary>Of what is sent the grain looks at that much, in characters, before it blots secrets out and keeps the end.</summary>
    private const int MaxOutputBytes = 16 * 1024;

    private const double MaxSeconds = 366 * 24 * 60 * 60;

    private readonly int _maxBody = limits.Value.MaxGuestBodyBytes;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut(Version3Routes.Service, Run).Takes<ServiceRequest>().Describes<Acknowledgement>("service", "Tells how a service runs or how it ended");

    private async Task Run(string uuid, string service, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await JsonBody.Read(http, Version3Json.Default.ServiceRequest, _maxBody) is not { } request) return;
        var faults = Faults(request);
        if (faults.Count > 0)
        {
            await Problems.BadRequest(http, faults);
            return;
        }

        var news = new ServiceRunReport
        {
            Generation = request.Generation!.Value,
            Service = service,
            Step = request.State switch { "started" => ServiceStep.Started, "progress" => ServiceStep.Progress, _ => ServiceStep.Ended },
            Run = request.Run ?? 1,
            Message = request.Message,
            ExitStatus = request.ExitStatus ?? 0,
            Duration = request.DurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Output = request.Output is { Length: > MaxOutputBytes } output ? output[^MaxOutputBytes..] : request.Output,
        };
        if (await gate.Ask(http, guest, news, static (grain, contact, news) => new ValueTask<GuestResult<CommandAnswer>>(grain.ReportService(contact, news))) is not { } answer) return;
        if (answer.Unknown.Length > 0)
        {
            await Problems.NotFound(http, "The instance has no service of that name.");
            return;
        }

        if (!await Commands.WriteProblem(http, answer, "run", Commands.Escape)) await Commands.Acknowledge(http, answer);
    }

    private static List<Fault> Faults(ServiceRequest request)
    {
        var faults = Commands.FaultsOf(request.Generation);
        var ends = request.State == "ended";
        if (request.State is not ("started" or "progress" or "ended")) faults.Add(new("/state", "must be started, progress or ended"));
        if (request.Run is < 1) faults.Add(new("/run", "must be 1 or more"));
        if (request.State == "progress" && string.IsNullOrEmpty(request.Message)) faults.Add(new("/message", "is missing: what the service is doing"));
        if (request.Message?.Length > MaxMessageLength) faults.Add(new("/message", $"has {request.Message.Length} characters; at most {MaxMessageLength} are allowed"));
        if (ends && request.ExitStatus is null) faults.Add(new("/exitStatus", "is missing: 0 for success, anything else for failure"));
        if (!ends && request.ExitStatus is not null) faults.Add(new("/exitStatus", "belongs to the state ended"));
        if (!ends && request.Output is not null) faults.Add(new("/output", "belongs to the state ended"));
        if (!ends && request.DurationSeconds is not null) faults.Add(new("/durationSeconds", "belongs to the state ended"));
        if (request.DurationSeconds is < 0 or > MaxSeconds) faults.Add(new("/durationSeconds", "must be between 0 and a year"));
        return faults;
    }
}
