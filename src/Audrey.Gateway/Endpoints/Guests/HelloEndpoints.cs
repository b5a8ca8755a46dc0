using Audrey.Abstractions.Instances;
using Audrey.Core.Completion;
using Audrey.Core.Instances;
using Audrey.Gateway.Bus;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Waiting;

namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Accepts a guest's first request and its heartbeats.</summary>
internal sealed class HelloEndpoints(NextCallAdvice advice, BusUrl bus) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var guests = routes.MapGuests();
        guests.MapGet(Version3Routes.Hello, Hello).Describe("hello", "Returns the values to provide and the services to run");
        guests.MapPut(Version3Routes.Heartbeat, Heartbeat).Describe("heartbeat", "Reports that the guest is alive");
    }

    private async Task<Answer<Hello>> Hello(GuestRequest guest)
    {
        var answer = await guest.Call(0, static (grain, contact, _) => grain.Hello(contact));
        var next = advice.AfterHello();
        NextCallAdvice.Add(guest.Http, next);
        return bus.Find(guest.Http) is { } url
            ? Create(answer, next) with { Bus = url, BusBroker = bus.Broker }
            : Create(answer, next);
    }

    private static async Task<Answer<Acknowledgement>> Heartbeat(GuestRequest guest) => CommandProblems.Acknowledge(
        await guest.Call(0, static (grain, contact, _) => grain.Heartbeat(contact)), "heartbeat", JsonPointers.Escape);

    private Hello Create(HelloAnswer answer, TimeSpan next)
    {
        var (config, progress) = (answer.Config, answer.Progress);
        return new()
        {
            Generation = answer.Generation,
            Assembly = config.Name,
            Deployable = config.Deployable.Value,
            Provide =
            [
                .. config.ProvidedParameters.Select(name => new ProvidedParameter(
                    name, !answer.Missing.Contains(name), config.SecretParameters.Contains(name), config.FactOf(name)?.ToString())),
            ],
            Services =
            [
                .. config.Services.Select(service => new ServiceState(
                    service.Name,
                    service.Classes.IsEmpty ? "executable" : "puppet",
                    StateOf(answer.Services.FirstOrDefault(entry => entry.Name == service.Name), progress.RunOf(service.Name)),
                    progress.RunOf(service.Name)?.Run ?? 0)),
            ],
            Tarball = answer.TarballDigest is { } digest ? new TarballInfo(digest, answer.TarballBytes) : null,
            Revision = answer.Revision,
            Complete = answer.IsComplete,
            AppliedRevision = progress.Applied,
            ValuesRevision = progress.ValuesNumber,
            NextCallSeconds = next.TotalSeconds,
            MaxWaitSeconds = advice.MaxWaitSeconds,
        };
    }

    private static string StateOf(ServiceProgress? progress, ServiceRun? run) => progress switch
    {
        { ExitStatus: not null } when run is null or { HasEnded: true } =>
            CompletionRules.OfExitStatus(progress.ExitStatus) == CompletionStatus.Success ? "succeeded" : "failed",
        { Started: not null } => "started",
        _ => "waiting",
    };
}
