using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>A conductor's replacing an instance whose guest was lost.</summary>
internal sealed class ReplaceEndpoints(
    Version3ConductorGate conductors,
    InstanceReports reports,
    IGrainFactory grains,
    GrainCalls calls,
    IOptions<DocumentLimits> limits,
    TimeProvider time) : IEndpointGroup
{
    private const int MaxBytes = 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPut(Version3Routes.Member, Replace)
        .Takes<ReplaceRequest>().DescribesCommand("replace-instance", "Replaces an instance by a new one of the same UUID, which has this secret");

    private async Task Replace(string deployable, string uuid, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (await JsonBody.Read(http, Version3Json.Default.ReplaceRequest, MaxBytes) is not { } request) return;
        if (FaultOf(request.Secret) is { } fault)
        {
            await Problems.BadRequest(http, [new("/secret", fault)]);
            return;
        }

        var report = await reports.Find(uuid, command.Conductor);
        if (report is null || report.Deployable.Value != deployable)
        {
            await Problems.NotFound(http, "There is no such instance in this deployable of this conductor.");
            return;
        }

        await conductors.Write(http, await CarryOut(report.Id, report.Deployable, command.Conductor, request.Secret!));
    }

    /// <summary>An instance that has the secret already has been replaced: so whoever lost the answer asks again.</summary>
    private async Task<ConductorAnswer> CarryOut(InstanceId id, DeployableId deployable, ConductorKey conductor, string secret)
    {
        var header = await calls.Run(grains.GetGrain<IDeployableGrain>(GrainKeys.Of(deployable)), static grain => grain.GetHeader());
        if (header?.Deleting == true) return ConductorAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {deployable} is being deleted");
        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var credential = await calls.Run(grains.GetGrain<IGuestGrain>(GrainKeys.Of(id)), static grain => grain.GetCredential());
        if (credential is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(credential.Secret), Encoding.UTF8.GetBytes(secret)))
            return ConductorAnswer.Done;
        return await calls.Command((grain, command: ConductorCommand.New(conductor, time), secret), static on => on.grain.Replace(on.command, on.secret));
    }

    private string? FaultOf(string? secret)
    {
        if (string.IsNullOrEmpty(secret)) return "is missing: the secret that the new guest is given, another one than the old guest's";
        return secret.Length > limits.Value.MaxValueBytes ? $"is too long; at most {limits.Value.MaxValueBytes} characters are allowed" : null;
    }
}
