using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Version3;

/// <summary>A guest's first call, and its sign of life.</summary>
internal sealed class HelloEndpoints(Version3Gate gate, Pace pace) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Version3Routes.Hello, Hello).Describes<Hello>("hello", "What the guest is to do");
        routes.MapPut(Version3Routes.Heartbeat, Beat).Describes<Acknowledgement>("heartbeat", "Says that the guest is alive");
    }

    private async Task Hello(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await gate.Ask(http, guest, 0, static (grain, contact, _) => grain.Hello(contact)) is not { } answer) return;
        var (config, news) = (answer.Config, answer.Progress);
        var next = pace.AfterHello();
        Pace.Tell(http, next);
        await JsonBody.Write(
            http,
            new Hello
            {
                Generation = answer.Generation,
                Assembly = config.Name,
                Deployable = config.Deployable.Value,
                Provide = [.. config.ProvidedParameters.Select(name => new ProvidedParameter(name, !answer.Missing.Contains(name), config.SecretParameters.Contains(name)))],
                Services = [.. config.Services.Select(service => new ServiceState(
                    service.Name,
                    service.Classes.IsEmpty ? "executable" : "puppet",
                    StateOf(answer.Services.FirstOrDefault(progress => progress.Name == service.Name), news.RunOf(service.Name)),
                    news.RunOf(service.Name)?.Run ?? 0))],
                Tarball = answer.TarballDigest is { } digest ? new TarballInfo(digest, answer.TarballBytes) : null,
                Revision = answer.Revision,
                Complete = answer.IsComplete,
                AppliedRevision = news.Applied,
                ValuesRevision = news.ValuesNumber,
                NextCallSeconds = next.TotalSeconds,
                MaxWaitSeconds = pace.MaxWaitSeconds,
            },
            Version3Json.Default.Hello);
    }

    private async Task Beat(string uuid, HttpContext http)
    {
        using var guest = await gate.Enter(http, uuid);
        if (guest is null) return;
        if (await gate.Ask(http, guest, 0, static (grain, contact, _) => grain.Heartbeat(contact)) is { } answer) await Commands.Acknowledge(http, answer);
    }

    private static string StateOf(ServiceProgress? progress, ServiceRun? run) => progress switch
    {
        { ExitStatus: not null } when run is null or { HasEnded: true } =>
            Provisioning.OfExitStatus(progress.ExitStatus) == CompletionStatus.Success ? "succeeded" : "failed",
        { Started: not null } => "started",
        _ => "waiting",
    };
}
