using Audrey.Client;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Planning;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Compares registered deployables with plans.</summary>
internal sealed class GatewayComparison(GatewayCalls calls)
{
    private const int MaxListed = 20;

    /// <summary>
    /// Returns the differences between the registered deployable with the id of a plan and that plan, as lines of a diff. Null if there is
    /// no such deployable, or if the servers cannot compare it, for example because the plan is too large for one request.
    /// </summary>
    public async Task<IReadOnlyList<string>?> FindAsync(LaunchPlan plan, CancellationToken cancellationToken)
    {
        // The members of a group need not be listed, because all of them are in the request.
        var requests = new InstanceRequests(_ => true);
        var request = new GatewayRequest(
            HttpMethod.Post,
            GatewayRequest.PathOf(Version3Routes.Differences, plan.Id.Value),
            $"comparing deployable '{plan.Id}' with the documents").With(
                new DeployableRequest
                {
                    Name = plan.Name,
                    DeadlineSeconds = plan.Deadline?.TotalSeconds,
                    Instances = [.. plan.Configs.Select(requests.Of)],
                },
                Version3Json.Default.DeployableRequest);
        try
        {
            var answer = await calls.SendAsync(request, cancellationToken);
            return answer.Problem is null ? [.. answer.Read(DifferencesJson.Default.DeployableDifferences).Lines(MaxListed)] : null;
        }
        catch (AudreyException)
        {
            return null;
        }
    }
}
