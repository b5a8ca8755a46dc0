using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Accepts a guest's reports about the state of its services.</summary>
internal sealed class ServicesEndpoints(IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int MaxMessageLength = 256;

    /// <summary>
    /// The maximum length, in characters, of the output that is passed to the grain. The grain masks secrets in the output and keeps its
    /// last part.
    /// </summary>
    private const int MaxOutputLength = 16 * 1024;

    private const double MaxSeconds = 366 * 24 * 60 * 60;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGuests()
        .MapPut(Version3Routes.Service, ReportService).LimitBody(limits.Value.MaxGuestBodyBytes)
        .Describe("service", "Reports the start, the progress or the end of a service");

    private static async Task<Answer<Acknowledgement>> ReportService(string service, GuestRequest guest, RequestBody<ServiceRequest> body)
    {
        var request = body.Value;
        var errors = ErrorsOf(request);
        if (errors.Count > 0) return ProblemFactory.BadRequest(errors);
        var report = new ServiceRunReport
        {
            Generation = request.Generation!.Value,
            Service = service,
            Step = request.State switch
            {
                "started" => ServiceStep.Started,
                "progress" => ServiceStep.Progress,
                _ => ServiceStep.Ended,
            },
            Run = request.Run ?? 1,
            Message = request.Message,
            ExitStatus = request.ExitStatus ?? 0,
            Duration = request.DurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Output = request.Output is { Length: > MaxOutputLength } output ? output[^MaxOutputLength..] : request.Output,
        };
        var answer = await guest.Call(report, static (grain, contact, report) => grain.ReportService(contact, report));
        return answer.Unknown.Length > 0
            ? ProblemFactory.NotFound("The instance has no service of that name.")
            : CommandProblems.Acknowledge(answer, "run", JsonPointers.Escape);
    }

    private static List<ProblemError> ErrorsOf(ServiceRequest request)
    {
        var errors = CommandProblems.ErrorsOf(request.Generation);
        var hasEnded = request.State == "ended";
        Check(request.State is "started" or "progress" or "ended", "/state", "must be started, progress or ended");
        Check(request.Run is null or >= 1, "/run", "must be 1 or more");
        Check(
            request.State != "progress" || !string.IsNullOrEmpty(request.Message), "/message", "is missing; describe the progress");
        if (request.Message is { Length: > MaxMessageLength } message)
            errors.Add(new("/message", $"has {message.Length} characters; at most {MaxMessageLength} are allowed"));
        Check(!hasEnded || request.ExitStatus is not null, "/exitStatus", "is missing; give 0 for success, another number for failure");
        Check(hasEnded || request.ExitStatus is null, "/exitStatus", "is allowed only in the state ended");
        Check(hasEnded || request.Output is null, "/output", "is allowed only in the state ended");
        Check(hasEnded || request.DurationSeconds is null, "/durationSeconds", "is allowed only in the state ended");
        Check(request.DurationSeconds is null or (>= 0 and <= MaxSeconds), "/durationSeconds", "must be between 0 and a year");
        return errors;

        void Check(bool isRight, string pointer, string detail)
        {
            if (!isRight) errors.Add(new(pointer, detail));
        }
    }
}
