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
    private const string TooLarge = "The documents are too large to be compared with what is registered.";

    /// <summary>
    /// Returns the differences between the registered deployable with the id of a plan and that plan, as lines of a diff. Null if there is
    /// no such deployable, or if the servers cannot compare it.
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
            if (answer.Is(ProblemTypes.TooLarge)) return [TooLarge];
            if (answer.Problem is not null) return null;
            var differences = answer.Read(DifferencesJson.Default.DeployableDifferences);
            return [$"- is registered as {plan.Id}, + is in these documents:", .. differences.Lines(MaxListed)];
        }
        catch (AudreyException)
        {
            return null;
        }
    }
}
